import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Client } from 'oidc-provider';
import type { LaneRequest } from '../../src/http/lane.js';
import { epochSeconds } from '../../src/lib/clock.js';
import { newAccessToken } from '../../src/lib/opaque-token.js';
import { systemRandom } from '../../src/lib/random.js';
import { createLaneClients } from '../../src/provider/lane-client.js';
import { AnswerCache } from '../../src/resource/answer-cache.js';
import { introspectionLane } from '../../src/resource/introspection-lane.js';
import { introspect } from '../../src/resource/introspection-service.js';
import type { ResourcePorts } from '../../src/resource/resource-ports.js';
import { hashedSecret } from '../../src/provider/client-secret.js';
import type { Config } from '../../src/config/schema.js';
import { secretOf } from '../support/clients.js';
import { basic } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { expectedAnswer, isAlive, type ModelEpoch, type ModelToken } from '../support/history-model.js';
import { diceOf, History, type Dice } from '../support/history.js';
import { issuer, resourceDesk } from '../support/resource-desk.js';
import { anotherNode, migratedStorage, type TestDatabase } from '../support/test-database.js';

const histories = 10_000;
const cohort = 500;
const steps = 3;

const audiences = { 'rs-a': 'https://a.example/', 'rs-b': 'https://b.example/' } as const;
type Caller = keyof typeof audiences;
const callers = Object.keys(audiences) as Caller[];

/** What lanes did: answered by themselves, left to the long way, asked whether a kept answer still holds. */
const counted = { answered: 0, passedOn: 0, kept: 0, routed: 0 };

/** One way to ask what a token is. */
interface Way {
  readonly name: string;
  /** Unset: every token. */
  readonly takes?: (token: string) => boolean;
  ask(token: string, caller: Caller): Promise<string>;
}

/** The same seed makes the same histories; a failure names it. */
const seed = Number(process.env['HISTORY_SEED'] ?? randomInt(2 ** 32));

describe(`10,000 random histories (HISTORY_SEED=${seed})`, function () {
  this.timeout(300_000);
  let nodes: TestDatabase[];
  let ways: { readonly lanes: Way[]; readonly services: Way[]; readonly routes: Way[] };
  let servers: Holdfast[];
  const epochs: ModelEpoch[] = [];
  let ports: ResourcePorts;

  before(async () => {
    const database = await migratedStorage('PostgreSQL');
    nodes = [database, await anotherNode(database)];
    const desk = await resourceDesk();
    const resources = callers.map((caller) => ({
      ...(desk.ports.config.resources[0] as ResourcePorts['config']['resources'][number]),
      identifier: audiences[caller],
      resource_servers: [caller],
    }));
    const config = { ...desk.ports.config, resources, clients: [{ client_id: 'rs-a' }] };
    ports = { ...desk.ports, config, clock: database.clock };
    const storedCaller = { clientId: 'rs-b', source: 'database' as const, metadata: resourceServer('rs-b') };
    await database.storage.clients.insert({ ...storedCaller, createdAt: new Date(database.clock.now()) });
    servers = await Promise.all(nodes.map((node) => wholeServer(node, resources)));
    ways = {
      routes: servers.map((server, index) => koaRoute(`Koa route of node ${index + 1}`, server)),
      lanes: nodes.flatMap((node, index) => [
        lane(`lane of node ${index + 1}`, node, ports, undefined),
        lane(`kept answers of node ${index + 1}`, node, ports, 400),
      ]),
      services: nodes.map((node, index) => service(`long way of node ${index + 1}`, node, ports)),
    };
  });
  after(async () => {
    for (const server of servers) await server.close();
    for (const node of nodes) await node.storage.close();
  });

  it('get the same answers by lane, kept answer, long way and Koa route, on two nodes, and the ones that are right', async () => {
    const dice = diceOf(seed);
    for (let done = 0; done < histories; done += cohort) await runCohort(dice);
    // Else the long way would have been compared with itself.
    assert.ok(counted.answered > counted.passedOn * 20, JSON.stringify(counted));
    assert.ok(counted.kept > histories / 10, JSON.stringify(counted));
    assert.ok(counted.routed > histories / 10, JSON.stringify(counted));
  });

  async function runCohort(dice: Dice): Promise<void> {
    const { clock } = nodes[0] as TestDatabase;
    const shared = {
      nodes: nodes.map(({ storage }) => storage),
      clock,
      epochs,
      audiences: Object.values(audiences),
      signJwt: (claims: Record<string, unknown>) =>
        ports.keys.snapshot.sign(
          { iss: issuer, sub: 'x', ...claims },
          { algorithm: 'ES256', type: 'at+jwt' },
        ),
    };
    const all = Array.from({ length: cohort }, () => {
      const own = diceOf(dice(2 ** 32));
      return { history: new History(shared, own), own };
    });
    await Promise.all(all.map(({ history }) => history.begin()));
    for (let step = 0; step < steps; step += 1) {
      // What is asked while things happen may be answered either way, but nothing of it may be kept too long.
      const meanwhile = all.map(({ history, own }) => (own(2) ? askAll(history, own) : Promise.resolve()));
      await Promise.all(all.map(({ history, own }) => history.next().then(() => check(history, own, 1))));
      await Promise.all(meanwhile);
      if (dice(2)) clock.advance(dice(120));
      if (dice(25) === 0) await endEverything(dice);
      if (dice(10) === 0) await nodes[0]?.storage.clients.revoke('rs-b');
    }
    await Promise.all(all.map(({ history, own }) => check(history, own, history.tokens.length)));
  }

  async function askAll(history: History, own: Dice): Promise<void> {
    const token = history.tokens[own(history.tokens.length)];
    if (token) await Promise.all(ways.lanes.map((way) => way.ask(token.value, callerOf(token, own))));
  }

  async function endEverything(dice: Dice): Promise<void> {
    const { storage, clock } = nodes[1] as TestDatabase;
    const before = epochSeconds(clock) + 1 - dice(60);
    const { number } = await storage.epochs.begin(new Date(before * 1000), new Date(clock.now()));
    epochs.push({ number, before });
  }

  /** Asks about the latest tokens, and sometimes about what never was one. */
  async function check(history: History, own: Dice, most: number): Promise<void> {
    const { clock } = nodes[0] as TestDatabase;
    for (const token of most === 1 ? [history.tokens[own(history.tokens.length)]] : history.tokens) {
      if (!token) continue;
      const caller = callerOf(token, own);
      const mayAsk = token.audience === audiences[caller];
      const alive = isAlive(token, epochs, epochSeconds(clock));
      await compare(token.value, caller, expectedAnswer(token, alive, { issuer, mayAsk }), own, history);
    }
    if (own(8) > 0) return;
    const unknown = newAccessToken(systemRandom, epochSeconds(clock) + 60);
    await compare(own(2) ? unknown : `${unknown}x`, 'rs-a', '{"active":false}', own, history);
  }

  async function compare(
    token: string,
    caller: Caller,
    right: string,
    own: Dice,
    history: History,
  ): Promise<void> {
    const long = own(4) === 0 ? ways.services : [];
    const routes = own(24) === 0 ? ways.routes : [];
    const asked = [...ways.lanes, ...long, ...routes].filter(({ takes }) => takes?.(token) ?? true);
    const answers = await Promise.all(asked.map((way) => way.ask(token, caller)));
    asked.forEach(({ name }, index) => {
      assert.equal(answers[index], right, `${name}, HISTORY_SEED=${seed}, after ${history.told.join(', ')}`);
    });
  }
});

/** Mostly whom the token is for. */
function callerOf(token: ModelToken, own: Dice): Caller {
  const rightful = callers.find((caller) => audiences[caller] === token.audience);
  return rightful && own(6) > 0 ? rightful : (callers[own(callers.length)] ?? 'rs-a');
}

function service(name: string, { storage }: TestDatabase, ports: ResourcePorts): Way {
  const { accessTokens, refreshTokens, approvals } = storage;
  const own = { ...ports, accessTokens, refreshTokens, approvals };
  return { name, ask: async (token, caller) => JSON.stringify(await introspect(own, token, caller)) };
}

/** As the configuration and the database have it. */
function resourceServer(clientId: Caller) {
  const client_secret = clientId === 'rs-a' ? secretOf(clientId) : hashedSecret(secretOf(clientId));
  return { client_id: clientId, client_secret, redirect_uris: [], grant_types: [], response_types: [] };
}

/** A server on the node's storage, in which everything takes the long way. */
function wholeServer({ storage, clock }: TestDatabase, resources: Config['resources']): Promise<Holdfast> {
  const limits = { introspections_per_minute_per_client: 1_000_000 };
  const overrides = { clients: [resourceServer('rs-a')], resources, limits };
  return startHoldfast(overrides, { storage, time: clock, withoutLanes: true });
}

function koaRoute(name: string, server: Holdfast): Way {
  return {
    name,
    // JWTs are signed by the keys of the desk, which this server does not have.
    takes: (token) => !token.includes('.'),
    ask: async (token, caller) => {
      counted.routed += 1;
      const headers = { ...basic(caller, secretOf(caller)) };
      const form = new URLSearchParams({ token });
      const answer = await fetch(`${server.issuer}/introspect`, { method: 'POST', headers, body: form });
      return (await answer.text()).replaceAll(server.issuer, issuer);
    },
  };
}

/** A lane as the front calls it: what it leaves alone takes the long way. */
function lane(name: string, node: TestDatabase, ports: ResourcePorts, capacity: number | undefined): Way {
  const { storage, clock } = node;
  const longWay = service(name, node, ports);
  const client = { tokenEndpointAuthMethod: 'client_secret_basic', compareClientSecret: async () => true };
  const store = storage.introspections({ keeping: capacity !== undefined, waiting: 100_000 });
  const counting: typeof store.stands = (question) => {
    counted.kept += 1;
    return store.stands(question);
  };
  const ask = introspectionLane({
    config: ports.config,
    clock,
    keys: ports.keys,
    clients: createLaneClients({
      configured: ports.config.clients,
      version: (clientId) => storage.clients.version(clientId),
      find: async () => client as unknown as Client,
    }),
    takeIntrospection: () => undefined,
    store: { ...store, stands: counting },
    answers: capacity === undefined ? undefined : new AnswerCache({ clock, capacity }),
  });
  return {
    name,
    ask: async (token, caller) => {
      const told: string[] = [];
      const headers = { ...basic(caller, 'secret'), 'content-type': 'application/x-www-form-urlencoded' };
      const arrival = {
        request: { url: '/introspect', headers } as unknown as IncomingMessage,
        body: Buffer.from(`token=${token}`),
        answer: (_headers: readonly string[], body: string) => void told.push(body),
      };
      const answered = await ask(arrival as unknown as LaneRequest);
      counted[answered ? 'answered' : 'passedOn'] += 1;
      return answered ? (told[0] ?? '') : longWay.ask(token, caller);
    },
  };
}
