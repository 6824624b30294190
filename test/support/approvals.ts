import { randomBytes } from 'node:crypto';
import type { AccountId } from '../../src/accounts/account.js';
import type { Clock } from '../../src/lib/clock.js';
import { epochSeconds } from '../../src/lib/clock.js';
import type { Approval, ApprovalId, ApprovalSubject } from '../../src/stepup/approval.js';
import type { ModelCallRequest } from '../../src/stepup/model-call.js';
import { unique } from './records.js';

/** Up to $2.00 on Frontier. */
export const frontierCall: ModelCallRequest = {
  tier: 'frontier',
  models: undefined,
  spendLimit: 2_000_000,
  count: undefined,
  lifetime: 300,
  purpose: 'Summarise the quarter',
  resource: 'https://models.example',
};

export function approvalSubject(
  accountId: AccountId,
  clock: Clock,
  changes: Partial<ApprovalSubject> = {},
): ApprovalSubject {
  return {
    accountId,
    clientId: 'research-agent',
    clientName: 'Research agent',
    jkt: 'thumbprint',
    modelCall: frontierCall,
    scope: 'models',
    bindingMessage: undefined,
    asked: { place: 'HK', browser: 'Chrome on macOS' },
    boundTo: 'the interaction',
    expiresAt: epochSeconds(clock) + 300,
    ...changes,
  };
}

/** An approval as a record: what proves it is made up. */
export function approvalRecord(subject: ApprovalSubject, clock: Clock): Approval {
  return {
    id: unique('apr') as ApprovalId,
    subject,
    signed: '{}',
    evidence: {
      credentialId: randomBytes(32),
      publicKey: randomBytes(77),
      authenticatorData: randomBytes(37),
      clientDataJson: randomBytes(120),
      signature: randomBytes(70),
      rpId: 'id.example',
      origin: 'https://id.example',
    },
    createdAt: new Date(clock.now()),
    revokedAt: undefined,
    spent: 0,
    calls: 0,
  };
}
