import { isRecord } from '../lib/json.js';
import { refusals, type Refusal, type RefusalCode } from '../lib/refusal.js';
import { accepted, refused, type Result } from '../lib/result.js';
import { readActiveToken, readLegacyCaller, readProvenToken, type ActiveToken } from './active-token.js';
import type { ServerAnswer } from './authorization-server.js';
import type { ReadyChallenge } from './challenge.js';

/** What the authorization server decided of a call. */
export type CallAnswer =
  | {
      readonly allowed: true;
      readonly token: ActiveToken;
      readonly callId: string;
      /** Whether an approval paid, or it was only observed, so that the answer is good for this one call. */
      readonly spent: boolean;
      /** It passes for now, and would be refused so. */
      readonly wouldRefuse: RefusalCode | undefined;
      readonly nonce: string | undefined;
    }
  | {
      readonly allowed: false;
      readonly refusal: Refusal;
      readonly ready: ReadyChallenge;
      /** Whether the token is alive, for us, and of the key of the proof. */
      readonly ofLiveToken: boolean;
      readonly nonce: string | undefined;
    };

export interface AnswerReading {
  readonly issuer: string;
  readonly resource: string;
  /** Thumbprint of the key of the proof. Left out: the authorization server has verified it, and compared. */
  readonly jkt?: string;
  /** It was asked about a bearer credential of before. */
  readonly bearer?: true;
}

/** As much of a header as may be passed on: printable ASCII, one line. */
const challengeShape = /^DPoP [\x20-\x7e]{1,4096}$/;
/** RFC 9449 §8: NQCHAR. */
const nonceShape = /^[\x21\x23-\x5b\x5d-\x7e]{1,512}$/;

/**
 * Reads an answer of /calls. `authorization_server_unavailable` for whatever is none: a gateway guesses no decision.
 * What is allowed is checked once more by what this gateway knows itself.
 */
export function readCallAnswer(answer: ServerAnswer, reading: AnswerReading): Result<CallAnswer> {
  const { decision, call_id: callId, introspection, code } = answer;
  if (typeof callId !== 'string' || !isRecord(introspection)) return unclear('no call');
  const nonce = readNonce(answer['dpop_nonce']);
  const token = readCaller(answer, introspection, reading);
  if (decision === 'allow') {
    const wouldRefuse = readWouldRefuse(answer['would_refuse']);
    const spent = answer['approval_id'] !== undefined || wouldRefuse !== undefined;
    return token.ok
      ? accepted({ allowed: true, token: token.value, callId, spent, wouldRefuse, nonce })
      : token;
  }
  if (decision !== 'challenge' && decision !== 'deny') return unclear('no decision');
  const ready = readReadyChallenge(answer);
  if (!ready) return unclear('no challenge');
  const refusal = { code: readCode(code), detail: callId };
  return accepted({ allowed: false, refusal, ready, ofLiveToken: token.ok, nonce });
}

/** Law 1: a credential without a key only where one was asked about. */
function readCaller(
  answer: ServerAnswer,
  introspection: ServerAnswer,
  { jkt, bearer, ...place }: AnswerReading,
): Result<ActiveToken> {
  if (bearer) return readLegacyCaller(answer['legacy'], place.resource);
  return jkt === undefined
    ? readActiveToken(introspection, place)
    : readProvenToken(introspection, { jkt, ...place });
}

function readWouldRefuse(told: unknown): RefusalCode | undefined {
  return isRecord(told) ? readCode(told['code']) : undefined;
}

function readReadyChallenge(answer: ServerAnswer): ReadyChallenge | undefined {
  const { status, www_authenticate: authenticate, body } = answer;
  if (status !== 401 && status !== 403) return undefined;
  if (typeof authenticate !== 'string' || !challengeShape.test(authenticate)) return undefined;
  if (!isRecord(body) || typeof body['error'] !== 'string') return undefined;
  return { status, authenticate, body: { ...body, error: body['error'] } };
}

function readNonce(nonce: unknown): string | undefined {
  return typeof nonce === 'string' && nonceShape.test(nonce) ? nonce : undefined;
}

function readCode(code: unknown): RefusalCode {
  return typeof code === 'string' && Object.hasOwn(refusals, code) ? (code as RefusalCode) : 'call_refused';
}

function unclear(what: string): Result<never> {
  return refused('authorization_server_unavailable', `the answer of /calls has ${what}`);
}
