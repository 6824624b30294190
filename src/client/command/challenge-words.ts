import { isRecord } from '../../lib/json.js';
import type { CallChallenge } from '../challenge.js';

/** `your passkey of the last 5 minutes and your approval of up to $2.00 on frontier` */
export function challengeInWords(challenge: CallChallenge | undefined): string {
  if (challenge === undefined) return 'you to sign in';
  const approval = challenge.authorizationDetails?.map(approvalInWords).join(', ');
  const login = challenge.kind === 'step_up' ? [loginInWords(challenge)] : [];
  return [...login, ...(approval === undefined ? [] : [approval])].join(' and ');
}

function loginInWords({ acrValues, maxAge }: CallChallenge): string {
  const passkey = acrValues.some((value) => /:phrh?$/.test(value)) ? 'your passkey' : 'your login';
  return maxAge === undefined ? passkey : `${passkey} of the last ${duration(maxAge)}`;
}

function approvalInWords(detail: Readonly<Record<string, unknown>>): string {
  const { spend_limit: limit, tier, models, count } = detail;
  const amount =
    isRecord(limit) && limit['currency'] === 'USD' ? ` of up to $${String(limit['amount'])}` : '';
  const calls = count === 1 ? ' for one call' : '';
  const named = Array.isArray(models) ? models.join(', ') : tier;
  return `your approval${amount}${calls}${typeof named === 'string' ? ` on ${named}` : ''}`;
}

function duration(seconds: number): string {
  if (seconds % 3600 === 0) return seconds === 3600 ? 'hour' : `${seconds / 3600} hours`;
  if (seconds % 60 === 0) return seconds === 60 ? 'minute' : `${seconds / 60} minutes`;
  return `${seconds} seconds`;
}
