import type { IncomingMessage } from 'node:http';
import type { Lane } from '../http/lane.js';
import { isRecord, parseJson } from '../lib/json.js';
import type { LaneClient, LaneClients } from '../provider/lane-client.js';
import { readCallQuestions, type CallQuestions } from './call-request.js';
import { answerCalls } from './call-service.js';
import { jsonHeaders } from './lane-headers.js';
import type { ResourcePorts } from './resource-ports.js';
import { countAsAdmitted } from './resource-server-admission.js';

/**
 * POST /calls for a resource server that authenticates by Basic and asks rightly: the very service of the long way, without
 * what stands around it there. Whatever it refuses is refused before anything is used up, so the long way may do it again.
 */
export function callLane(ports: ResourcePorts & { readonly clients: LaneClients }): Lane {
  return async (arrival) => {
    const { request, body } = arrival;
    const questions = readPlainCalls(request, body);
    if (!questions) return false;
    const known = ports.clients.authenticate(request.headers, request.socket);
    const client = known instanceof Promise ? await known : known;
    if (!client) return false;
    const { clientId } = client;
    // The long way answers a spent budget, too: nothing is taken from it any more.
    for (const _ of questions.calls) if (ports.takeIntrospection(clientId) !== undefined) return false;
    const answer = (await stands(client, ports)) && (await answerCalls(ports, questions, clientId));
    if (answer === false || !answer.ok) {
      countAsAdmitted(request, questions.calls.length);
      return false;
    }
    arrival.answer(jsonHeaders, JSON.stringify(answer.value));
    return true;
  };
}

/** A client of the database may have been changed or removed a moment ago; nothing is used up before that is known. */
async function stands(
  client: LaneClient,
  { calls, clients }: Pick<ResourcePorts, 'calls'> & { readonly clients: LaneClients },
): Promise<boolean> {
  if (client.version === undefined) return true;
  const { callerVersion } = await calls.find({ place: undefined, caller: client.clientId });
  return clients.stands(client, callerVersion);
}

const jsonTypes: ReadonlySet<string | undefined> = new Set([
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset=utf-8',
  'application/json;charset=UTF-8',
]);

/** As much as the long way's parser takes. */
const longestBody = 57_344;

/** Undefined for whatever needs CORS or words, and for members that authenticate a client. */
function readPlainCalls({ headers, url }: IncomingMessage, body: Buffer): CallQuestions | undefined {
  if (url !== '/calls' || headers.origin !== undefined || !jsonTypes.has(headers['content-type'])) {
    return undefined;
  }
  if (body.length > longestBody) return undefined;
  const members = parseJson(body);
  const questions = isRecord(members) ? readCallQuestions(members) : undefined;
  return questions?.ok ? questions.value : undefined;
}
