import type { Lane } from '../http/lane.js';
import { refreshTokenPrefix } from '../lib/opaque-token.js';
import type { LaneClient, LaneClients } from '../provider/lane-client.js';
import type { AnswerCache } from './answer-cache.js';
import { readPlainIntrospection } from './introspection-form.js';
import { tellOfAccessToken, inactive, type IntrospectionView } from './introspection-policy.js';
import type {
  IntrospectionFinding,
  IntrospectionStore,
  RowFinding,
  RowQuestion,
} from './introspection-store.js';
import { viewOf } from './introspection-view.js';
import { jsonHeaders } from './lane-headers.js';
import { readPresentedToken, type AccessTokenPlace, type PresentedToken } from './presented-token.js';
import { readingOf, type ResourcePorts } from './resource-ports.js';
import { countAsAdmitted } from './resource-server-admission.js';

export interface IntrospectionLanePorts extends Pick<
  ResourcePorts,
  'config' | 'clock' | 'keys' | 'takeIntrospection'
> {
  readonly clients: LaneClients;
  readonly store: IntrospectionStore;
  /** Undefined: each answer is made anew. */
  readonly answers: AnswerCache | undefined;
}

/** One introspection on its way through the lane. */
interface Asked {
  readonly client: LaneClient;
  /** Undefined: no row can be this token's. */
  readonly place: AccessTokenPlace | undefined;
  /** Of a JWT. */
  readonly jti: string | undefined;
  /** Under which an answer may be kept. */
  readonly key: string | undefined;
}

const inactiveAnswer = JSON.stringify(inactive);

/**
 * POST /introspect for a resource server that authenticates by Basic and asks about an access token: the answer of
 * introspection-service.ts by a statement that many share. The unknown, the expired, the revoked and the foreign are
 * told apart by nothing but the row that this one statement found or not (law 6).
 */
export function introspectionLane(ports: IntrospectionLanePorts): Lane {
  // Each await on the way of a kept answer costs as much as a whole check, so there is no more than one.
  return async (arrival) => {
    const { request, body } = arrival;
    const value = readPlainIntrospection(request, body);
    if (value === undefined || value.startsWith(refreshTokenPrefix)) return false;
    const known = ports.clients.authenticate(request.headers, request.socket);
    const client = known instanceof Promise ? await known : known;
    // The long way answers a spent budget, too: nothing is taken from it any more.
    if (!client || ports.takeIntrospection(client.clientId) !== undefined) return false;
    const read = readPresentedToken(value, readingOf(ports));
    const asked = askedOf(client, read instanceof Promise ? await read : read, ports.answers);
    const row = keptRow(asked, ports.answers);
    const kept = row && keptAnswer(asked, await ports.store.stands(row), ports);
    const answer = (kept instanceof Promise ? await kept : kept) ?? (await freshAnswer(asked, ports));
    if (answer === undefined) {
      countAsAdmitted(request);
      return false;
    }
    arrival.answer(jsonHeaders, answer);
    return true;
  };
}

function askedOf(
  client: LaneClient,
  token: PresentedToken | undefined,
  answers: AnswerCache | undefined,
): Asked {
  if (token?.kind !== 'access_token') {
    return { client, place: undefined, jti: undefined, key: undefined };
  }
  return { client, place: token, jti: token.jti, key: answers?.key(client.clientId, token.digest) };
}

/** What to ask before a kept answer is given; undefined: there is none. */
function keptRow({ client, place, key }: Asked, answers: AnswerCache | undefined): RowQuestion | undefined {
  const version = key === undefined ? undefined : answers?.version(key);
  return place && version !== undefined ? { place, version, caller: callerOf(client) } : undefined;
}

/** Law 3: given only when the database has just said that its row stands, and nothing else it hangs on was revoked. */
function keptAnswer(
  { client, key = '' }: Asked,
  row: RowFinding,
  { store, clients, answers }: IntrospectionLanePorts,
): string | undefined | Promise<string | undefined> {
  if (!answers || !row.stands || !clients.stands(client, row.callerVersion)) return undefined;
  if (!answers.isAt(row)) return keptSince(key, answers, store);
  return answers.get(key);
}

/** The same after what was revoked since has been noted. */
async function keptSince(
  key: string,
  answers: AnswerCache,
  store: IntrospectionStore,
): Promise<string | undefined> {
  answers.apply(await store.revokedSince(answers.sequence));
  return answers.get(key);
}

/** The JSON; undefined: the long way has to find it. */
async function freshAnswer(
  { client, place, jti, key }: Asked,
  ports: IntrospectionLanePorts,
): Promise<string | undefined> {
  const { clients, store, answers } = ports;
  const caller = callerOf(client);
  // Of what can be no token of ours the database has nothing to say, unless of the caller.
  if (!place && caller === undefined) return inactiveAnswer;
  const found = await store.ask({ place, caller });
  if (!clients.stands(client, found.callerVersion)) return undefined;
  const answer = tell(found, jti, viewOf(ports, client.clientId));
  if (place && key !== undefined && answer !== inactiveAnswer)
    answers?.keep(key, answer, place.digest, found);
  return answer;
}

/** A client of the config file is asked of nobody. */
function callerOf({ version, clientId }: LaneClient): string | undefined {
  return version === undefined ? undefined : clientId;
}

function tell(
  { token, detailed }: IntrospectionFinding,
  jti: string | undefined,
  view: IntrospectionView,
): string | undefined {
  const introspection = tellOfAccessToken(token, jti, view);
  if (!introspection) return inactiveAnswer;
  return detailed ? undefined : JSON.stringify(introspection);
}
