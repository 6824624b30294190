import type { CallChallenge } from '../../src/client/challenge.js';
import { isRecord } from '../../src/lib/json.js';

/** The gateway wants the person before it serves the call. */
export class Challenged extends Error {
  readonly challenge: CallChallenge;

  constructor(challenge: CallChallenge) {
    super(`The gateway wants ${inWords(challenge)} for this call.`);
    this.challenge = challenge;
  }
}

/** `your passkey and your approval of up to $2.00 on frontier` */
export function inWords(challenge: CallChallenge): string {
  const approval = challenge.authorizationDetails?.map(approvalInWords).join(', ');
  const login = challenge.kind === 'step_up' ? [loginInWords(challenge)] : [];
  return [...login, ...(approval === undefined ? [] : [approval])].join(' and ');
}

function loginInWords({ acrValues, maxAge }: CallChallenge): string {
  const passkey = acrValues.some((value) => /:phrh?$/.test(value)) ? 'your passkey' : 'your login';
  return maxAge === undefined ? passkey : `${passkey} of the last ${duration(maxAge)}`;
}

function approvalInWords(detail: Readonly<Record<string, unknown>>): string {
  const limit = limitOf(detail);
  const calls = detail['count'] === 1 ? ' for one call' : '';
  return `your approval${limit === undefined ? '' : ` of up to ${limit}`}${calls}${scopeOf(detail)}`;
}

/** `up to $2.00 on frontier, until 14:05`: what the person granted, as the token response says it. */
export function grantInWords(detail: Readonly<Record<string, unknown>>): string {
  const limit = limitOf(detail);
  const ends = detail['expires_at'];
  const until =
    typeof ends === 'number'
      ? `, until ${new Date(ends * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })}`
      : '';
  return `${limit === undefined ? 'calls' : `up to ${limit}`}${scopeOf(detail)}${until}`;
}

function limitOf({ spend_limit: limit }: Readonly<Record<string, unknown>>): string | undefined {
  return isRecord(limit) && limit['currency'] === 'USD' ? `$${String(limit['amount'])}` : undefined;
}

function scopeOf({ tier, models }: Readonly<Record<string, unknown>>): string {
  if (Array.isArray(models)) return ` on ${models.join(', ')}`;
  return typeof tier === 'string' ? ` on ${tier}` : '';
}

function duration(seconds: number): string {
  if (seconds % 3600 === 0) return seconds === 3600 ? 'hour' : `${seconds / 3600} hours`;
  if (seconds % 60 === 0) return seconds === 60 ? 'minute' : `${seconds / 60} minutes`;
  return `${seconds} seconds`;
}
