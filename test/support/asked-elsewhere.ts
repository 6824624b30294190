import { randomBytes } from 'node:crypto';
import type { AccountId } from '../../src/accounts/account.js';
import { deriveKey, sha256 } from '../../src/lib/hashing.js';
import { systemRandom } from '../../src/lib/random.js';
import { newBackchannelRequestId, newLinkSecret } from '../../src/stepup/backchannel-policy.js';
import type { BackchannelRequest, BackchannelRequestId } from '../../src/stepup/backchannel-request.js';
import { numberDigest } from '../../src/stepup/backchannel-service.js';
import { gatewayA } from './clients.js';
import type { Holdfast } from './harness.js';

/** What the asking side knows: the link that it shows, and the number. */
export interface AskedElsewhere {
  readonly id: BackchannelRequestId;
  readonly path: string;
  readonly secret: string;
  readonly number: string;
  readonly wrong: string;
}

/** A client asks for somebody who is elsewhere, as if by /backchannel; for nobody without an account. */
export async function askElsewhere(
  { storage, clock, masterKey }: Holdfast,
  accountId: AccountId | undefined,
  changes: Partial<BackchannelRequest> = {},
): Promise<AskedElsewhere> {
  const id = newBackchannelRequestId(systemRandom);
  const secret = newLinkSecret(systemRandom);
  const number = '47';
  await storage.backchannelRequests.insert({
    id,
    clientId: 'cli',
    accountId,
    scope: 'openid model:call',
    resource: gatewayA,
    modelCall: {
      tier: 'frontier',
      models: undefined,
      spendLimit: 2_000_000,
      count: undefined,
      lifetime: 300,
      purpose: 'Compare 40 papers on kelp forests',
      resource: gatewayA,
    },
    acr: undefined,
    bindingMessage: 'W4SCT-9',
    jkt: sha256('key').toString('base64url'),
    asked: { place: 'HK', browser: 'Chrome on macOS' },
    createdAt: new Date(clock.now()),
    expiresAt: new Date(clock.now() + 300_000),
    state: 'pending',
    endedBy: undefined,
    authReqDigest: randomBytes(32),
    linkDigest: sha256(secret),
    numberDigest: numberDigest(deriveKey(masterKey, 'backchannel requests'), id, number),
    hintGate: randomBytes(32),
    personGate: randomBytes(32),
    budget: randomBytes(32),
    sealedPing: undefined,
    interval: 5,
    ...changes,
  });
  return { id, path: `/approve/${secret}`, secret, number, wrong: '48' };
}
