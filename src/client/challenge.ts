import { isRecord } from '../lib/json.js';
import { readAuthenticateHeader } from './authenticate-header.js';

/** Objects for the request parameter `authorization_details` (RFC 9396 §2), to be sent as they are. */
export type AuthorizationDetails = readonly (Readonly<Record<string, unknown>> & { readonly type: string })[];

/** What a resource server wants before it serves the call. */
export type CallChallenge =
  | {
      /** A stronger or fresher login (RFC 9470). */
      readonly kind: 'step_up';
      /** For `acr_values`, best first; empty when any will do. */
      readonly acrValues: readonly string[];
      /** For `max_age`: the greatest age of the login in seconds. */
      readonly maxAge?: number;
      /** An approval will be needed too: ask for both at once. */
      readonly authorizationDetails?: AuthorizationDetails;
    }
  | {
      /** The person must approve the call (Holdfast's extension: docs/CALLS.md). */
      readonly kind: 'approval';
      readonly authorizationDetails: AuthorizationDetails;
      readonly acrValues: readonly string[];
      readonly maxAge?: number;
    };

const longestBody = 65_536;
const schemes = new Set(['dpop', 'bearer']);

/**
 * What the answer of a resource server asks for; undefined when it asks for nothing that a new login or an approval
 * would give. The response's own body stays unread.
 */
export async function readChallenge(response: Response): Promise<CallChallenge | undefined> {
  if (response.status !== 401 && response.status !== 403) return undefined;
  const challenges = readAuthenticateHeader(response.headers.get('www-authenticate') ?? '');
  const known = challenges.find(
    ({ scheme, parameters }) => schemes.has(scheme) && kindOf(response, parameters.get('error')),
  );
  const kind = kindOf(response, known?.parameters.get('error'));
  if (known === undefined || kind === undefined) return undefined;

  const body = await readBoundedJson(response);
  const acrValues = readAcrValues(known.parameters.get('acr_values') ?? body['acr_values']);
  const maxAge = readMaxAge(known.parameters.get('max_age') ?? body['max_age']);
  const authorizationDetails = readDetails(body['authorization_details']);
  const age = maxAge === undefined ? {} : { maxAge };
  if (kind === 'step_up') {
    return { kind, acrValues, ...age, ...(authorizationDetails && { authorizationDetails }) };
  }
  return authorizationDetails && { kind, authorizationDetails, acrValues, ...age };
}

function kindOf({ status }: Response, error: string | undefined): CallChallenge['kind'] | undefined {
  // RFC 9470 §3
  if (status === 401 && error === 'insufficient_user_authentication') return 'step_up';
  if (status === 403 && error === 'insufficient_authorization_details') return 'approval';
  return undefined;
}

function readAcrValues(value: unknown): readonly string[] {
  return typeof value === 'string' ? value.split(' ').filter(Boolean) : [];
}

function readMaxAge(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && /^[0-9]+$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(seconds) && Number(seconds) >= 0 ? Number(seconds) : undefined;
}

function readDetails(value: unknown): AuthorizationDetails | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const typed = value.every((each) => isRecord(each) && typeof each['type'] === 'string');
  return typed ? (value as unknown as AuthorizationDetails) : undefined;
}

/** The body's JSON object; an empty one for whatever is none, breaks off, or is too long for a challenge. */
async function readBoundedJson(response: Response): Promise<Readonly<Record<string, unknown>>> {
  const text = await readBoundedText(response).catch(() => undefined);
  try {
    const json: unknown = JSON.parse(text ?? '');
    return isRecord(json) ? json : {};
  } catch {
    return {};
  }
}

async function readBoundedText(response: Response): Promise<string | undefined> {
  const reader = response.clone().body?.getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let length = 0;
  for (;;) {
    const part = await reader?.read();
    if (part?.value === undefined) return text + decoder.decode();
    length += part.value.length;
    if (length > longestBody) {
      // The other half of the clone is the caller's: not waited for, because it may never be read.
      void reader?.cancel().catch(() => undefined);
      return undefined;
    }
    text += decoder.decode(part.value, { stream: true });
  }
}
