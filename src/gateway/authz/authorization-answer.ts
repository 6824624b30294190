import { refusals, type Refusal } from '../../lib/refusal.js';
import type { Answer } from '../admission.js';
import { corsHeaders } from '../cors.js';
import type { Allowed, Refused } from '../decision.js';

/** Of a call of a model. */
export interface CallFacts {
  readonly callId: string;
  readonly model: string;
}

/** The fields that tell the upstream whose request it is. All are there with each answer, so that none of the client's is left. */
export function allowing({ token, headers }: Allowed, call?: CallFacts): Answer {
  return {
    // Envoy takes no other status of the 2xx for a yes.
    status: 200,
    headers: {
      'cache-control': 'no-store',
      ...headers,
      'x-holdfast-subject': inHeader(token.subject),
      'x-holdfast-client': inHeader(token.clientId),
      'x-holdfast-scope': inHeader([...token.scopes].join(' ')),
      'x-holdfast-acr': inHeader(token.acr),
      'x-holdfast-call': call?.callId ?? '',
      'x-holdfast-model': call?.model ?? '',
    },
    body: '',
  };
}

/** A longer one would not fit into the buffer that nginx has for a head. */
const longestField = 6144;

/**
 * Proxies know yes, 401, 403 and, most of them, 503: of every other refusal is made a 403. What the client needs is in
 * WWW-Authenticate, DPoP-Nonce and the body.
 */
export function refusing({ challenge }: Pick<Refused, 'challenge'>, dropsBody: boolean): Answer {
  const { status, headers, body } = challenge;
  const text = JSON.stringify(body);
  const field = inAscii(text);
  return {
    status: status === 401 || status >= 500 ? status : 403,
    headers: {
      ...corsHeaders,
      ...headers,
      'content-type': 'application/json',
      ...(dropsBody && field.length <= longestField && { 'x-holdfast-body': field }),
    },
    body: text,
  };
}

/** A refusal that no token and no proof would change. */
export function refusingPlainly({ code }: Refusal, dropsBody: boolean): Answer {
  const { status, error, says: description } = refusals[code];
  const body = { error, error_description: description };
  const headers = { 'cache-control': 'no-store' };
  return refusing({ challenge: { status, headers, error, description, body } }, dropsBody);
}

/** JSON of ASCII alone, as a field may carry it. */
function inAscii(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function inHeader(value = ''): string {
  return /^[\x20-\x7e]*$/.test(value) ? value : encodeURIComponent(value);
}
