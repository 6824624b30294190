import type { Lane } from '../http/lane.js';
import { refreshTokenPrefix } from '../lib/opaque-token.js';
import type { LaneClient, LaneClients } from '../provider/lane-client.js';
import type { AnswerCache } from './answer-cache.js';
import { readPlainIntrospection } from './introspection-form.js';
import { tellOfAccessToken, inactive, type IntrospectionView } from './introspection-policy.js';
import type { IntrospectionFinding, IntrospectionStore, RowQuestion } from './introspection-store.js';
import { viewOf } from './introspection-view.js';
import { jsonHeaders } from './lane-headers.js';
import { readPresentedToken, type PresentedToken } from './presented-token.js';
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
  readonly token: PresentedToken | undefined;
}

const inactiveAnswer = JSON.stringify(inactive);

/**
 * POST /introspect for a resource server that authenticates by Basic and asks about an access token: the answer of
 * introspection-service.ts by a statement that many share. The unknown, the expired, the revoked and the foreign are
 * told apart by nothing but the row that this one statement found or not (law 6).
 */
export function introspectionLane(ports: IntrospectionLanePorts): Lane {
  return async (arrival) => {
    const { request, body } = arrival;
    const value = readPlainIntrospection(request, body);
    if (value === undefined || value.startsWith(refreshTokenPrefix)) return false;
    const known = ports.clients.authenticate(request.headers, request.socket);
    const client = known instanceof Promise ? await known : known;
    // The long way answers a spent budget, too: nothing is taken from it any more.
    if (!client || ports.takeIntrospection(client.clientId) !== undefined) return false;
    const read = readPresentedToken(value, readingOf(ports));
    const token = read instanceof Promise ? await read : read;
    const answer = await answerTo({ client, token }, ports);
    if (answer === undefined) {
      countAsAdmitted(request);
      return false;
    }
    arrival.answer(jsonHeaders, answer);
    return true;
  };
}

/** The JSON; undefined: the long way has to find it. */
async function answerTo(
  { client, token }: Asked,
  ports: IntrospectionLanePorts,
): Promise<string | undefined> {
  if (token?.kind !== 'access_token') return answerToMalformed(client, ports);
  const { clients, store, answers } = ports;
  const key = answers?.key(client.clientId, token.digest);
  const version = key === undefined ? undefined : answers?.version(key);
  if (answers && key !== undefined && version !== undefined) {
    const kept = await keptAnswer({ key, client, place: token, version }, answers, ports);
    if (kept !== undefined) return kept;
  }
  const found = await store.ask({ place: token, caller: callerOf(client) });
  if (!clients.stands(client, found.callerVersion)) return undefined;
  const answer = tell(found, token.jti, viewOf(ports, client.clientId));
  if (key !== undefined && answer !== inactiveAnswer) answers?.keep(key, answer, token.digest, found);
  return answer;
}

/** The database has nothing to say, unless of the caller. */
async function answerToMalformed(
  client: LaneClient,
  { clients, store }: IntrospectionLanePorts,
): Promise<string | undefined> {
  const caller = callerOf(client);
  if (caller === undefined) return inactiveAnswer;
  const { callerVersion } = await store.ask({ place: undefined, caller });
  return clients.stands(client, callerVersion) ? inactiveAnswer : undefined;
}

interface KeptFor {
  readonly key: string;
  readonly client: LaneClient;
  readonly place: RowQuestion['place'];
  readonly version: string;
}

/** Law 3: given only when the database has just said that its row stands, and nothing else it hangs on was revoked. */
async function keptAnswer(
  { key, client, place, version }: KeptFor,
  answers: AnswerCache,
  { store, clients }: IntrospectionLanePorts,
): Promise<string | undefined> {
  const row = await store.stands({ place, version, caller: callerOf(client) });
  if (!row.stands || !clients.stands(client, row.callerVersion)) return undefined;
  if (!answers.isAt(row)) answers.apply(await store.revokedSince(answers.sequence));
  return answers.get(key);
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
