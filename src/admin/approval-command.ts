import { z } from 'zod';
import { currency, writeDollars } from '../lib/money.js';
import { printable } from '../lib/printable.js';
import type { Approval, ApprovalId, ApprovalSubject } from '../stepup/approval.js';
import { verifyApproval } from '../stepup/approval-verification.js';
import { accountArguments, findAccount, unknownAccount } from './account-command.js';
import type { AdminPorts } from './admin-ports.js';
import { columns, done, failed, type Outcome } from './outcome.js';

export const approvalArguments = z.strictObject({ id: z.string().min(1) });
export const approvalListArguments = accountArguments;

/** What a person approved, newest first. */
export async function listApprovals(
  ports: AdminPorts,
  { account: name }: z.output<typeof approvalListArguments>,
): Promise<Outcome> {
  const account = await findAccount(ports, name);
  if (!account) return unknownAccount(name);
  const approvals = await ports.stores.approvals.everyOf(account.id);
  if (approvals.length === 0) return done({ approvals: [] }, 'No approvals.');
  const rows = approvals.map((approval) => [
    approval.id,
    approval.createdAt.toISOString(),
    stateOf(approval, ports.clock.now()),
    limitOf(approval),
    printable(approval.subject.clientName),
  ]);
  return done(
    { approvals: approvals.map((approval) => told(approval, ports.clock.now())) },
    columns([['ID', 'GIVEN', 'STATE', 'SPENT', 'APP'], ...rows]),
  );
}

/** Everything that one approval says. */
export async function showApproval(
  { stores, clock }: AdminPorts,
  { id }: z.output<typeof approvalArguments>,
): Promise<Outcome> {
  const approval = await stores.approvals.find(id as ApprovalId);
  if (!approval) return unknown(id);
  const facts = told(approval, clock.now());
  const rows = Object.entries(facts).map(([name, value]) => [
    name.replaceAll('_', ' '),
    value === null ? '-' : printable(typeof value === 'string' ? value : JSON.stringify(value)),
  ]);
  return done({ approval: facts }, columns(rows));
}

/** Whether she signed exactly this. The command leaves with 1 when a part does not hold. */
export async function verifyKeptApproval(
  { stores, config }: AdminPorts,
  { id }: z.output<typeof approvalArguments>,
): Promise<Outcome> {
  const approval = await stores.approvals.find(id as ApprovalId);
  if (!approval) return unknown(id);
  const passkey = await stores.passkeys.find(approval.evidence.credentialId);
  const parts = await verifyApproval(approval, { passkey, rpId: config.rp_id });
  const text = columns(
    parts.map(({ part, holds, says }) => [
      holds ? 'holds' : 'FAILS',
      part.replaceAll('_', ' '),
      printable(says),
    ]),
  );
  return parts.every(({ holds }) => holds)
    ? done({ id, verified: true, parts }, `${text}\nThe person signed exactly this.`)
    : failed('approval_unproven', `${text}\nThis record is not what the person signed.`);
}

function unknown(id: string): Outcome {
  return failed(
    'approval_unknown',
    `There is no approval ${printable(id)}. See: holdfast approval list --account WHO`,
  );
}

function stateOf({ revokedAt, subject, spent, calls }: Approval, now: number): string {
  if (revokedAt) return 'stopped';
  if (subject.expiresAt * 1000 <= now) return 'ended';
  const { spendLimit = Infinity, count = Infinity } = subject.modelCall ?? {};
  return spent >= spendLimit || calls >= count ? 'spent' : 'living';
}

function limitOf({ spent, subject: { modelCall } }: Approval): string {
  if (!modelCall) return '-';
  const limit = modelCall.spendLimit === undefined ? 'any amount' : writeDollars(modelCall.spendLimit);
  return `${writeDollars(spent)} of ${limit} ${currency}`;
}

function told(approval: Approval, now: number): Readonly<Record<string, unknown>> {
  const { id, subject, createdAt, revokedAt, spent, calls, evidence } = approval;
  const { asked } = subject;
  return {
    id,
    state: stateOf(approval, now),
    account: subject.accountId,
    client_id: subject.clientId,
    client_name: subject.clientName,
    jkt: subject.jkt,
    scope: subject.scope,
    ...calledFor(subject),
    binding_message: subject.bindingMessage ?? null,
    asked_from: asked.place ?? null,
    asked_with: asked.browser ?? null,
    given_at: createdAt.toISOString(),
    expires_at: new Date(subject.expiresAt * 1000).toISOString(),
    stopped_at: revokedAt?.toISOString() ?? null,
    spent: writeDollars(spent),
    calls,
    passkey: evidence.credentialId.toString('base64url'),
  };
}

function calledFor({ modelCall }: ApprovalSubject): Readonly<Record<string, unknown>> {
  if (!modelCall) return {};
  const { tier, models, spendLimit, count, resource, purpose } = modelCall;
  return {
    tier,
    models: models ?? null,
    spend_limit: spendLimit === undefined ? null : writeDollars(spendLimit),
    count: count ?? null,
    resource,
    purpose: purpose ?? null,
  };
}
