import { z } from 'zod';
import { refusals } from '../lib/refusal.js';
import type { RecordedRefusal } from '../observability/refusal-store.js';
import type { AdminPorts } from './admin-ports.js';
import { columns, done, failed, type Outcome } from './outcome.js';

export const explainArguments = z.strictObject({ request_id: z.string().min(1).max(100) });

/** Why a request, or a call that a gateway asked about, was refused, in full (law 8). */
export async function explainRequest(
  { stores, flushRefusals }: AdminPorts,
  wish: z.output<typeof explainArguments>,
): Promise<Outcome> {
  const requestId = asWritten(wish.request_id);
  await flushRefusals();
  const found = await stores.refusals.find(requestId);
  if (found.length === 0) {
    return failed(
      'request_unknown',
      `No refusal of request ${wish.request_id} is kept. Refusals are kept for seven days; requests that were not refused ` +
        'and those of a flood are not kept at all.',
    );
  }
  return done(
    { request_id: requestId, refusals: found.map(describe) },
    found.map(explainInWords).join('\n\n'),
  );
}

const callId = /^call_[0-9A-Za-z]{22}$/;

/** A person may have typed it from a screen: capitals, dashes, and letters that the alphabet leaves out. */
function asWritten(typed: string): string {
  if (callId.test(typed)) return typed;
  const letters = typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  return letters.replace(/(.{4})(?=.)/g, '$1-');
}

function explainInWords(refusal: RecordedRefusal): string {
  const { status, error, says, help } = refusals[refusal.code];
  return columns([
    ['Request', refusal.requestId],
    ['When', refusal.at.toISOString()],
    ['What', `${refusal.method} ${refusal.path}`],
    ['Client', refusal.clientId ?? '-'],
    ['Refusal', refusal.code],
    ['Told', `${status} ${error}: ${says}`],
    ['Reason', refusal.detail ?? '-'],
    ['Help', help],
  ]);
}

function describe(refusal: RecordedRefusal): object {
  const { status, error, says, help } = refusals[refusal.code];
  return {
    at: refusal.at.toISOString(),
    method: refusal.method,
    path: refusal.path,
    client_id: refusal.clientId ?? null,
    code: refusal.code,
    status,
    error,
    says,
    help,
    detail: refusal.detail ?? null,
  };
}
