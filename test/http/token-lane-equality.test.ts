import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { newAccount, type AccountId } from '../../src/accounts/account.js';
import { sha256 } from '../../src/lib/hashing.js';
import { parseOpaqueToken } from '../../src/lib/opaque-token.js';
import { generateProofKey, type ProofKey } from '../../src/proof/create-proof.js';
import type { StoredClient } from '../../src/provider/client-store.js';
import { hashedSecret } from '../../src/provider/client-secret.js';
import type { Storage } from '../../src/storage/storage.js';
import { MovableClock } from '../support/clock.js';
import { gatewayA, secretOf } from '../support/clients.js';
import { basic } from '../support/device.js';
import { startHoldfast, sharedStorage, type Holdfast } from '../support/harness.js';
import { craftProof } from '../support/hand-made-proof.js';
import { unique } from '../support/records.js';
import { sendAsIs } from '../support/raw-request.js';
import { drawFrom } from '../support/token-lane/random-cases.js';
import { isPublic, planRequest, proofAs, type RequestPlan } from '../support/token-lane/random-requests.js';
import { meetFate, planFamily, storeFamilyAs } from '../support/token-lane/twin-families.js';

/** The moment stands still, so that two answers can be the same to the second. */
class StillClock extends MovableClock {
  #at = Math.floor(Date.now() / 1000) * 1000;

  override now(): number {
    return this.#at;
  }

  override advance(seconds: number): void {
    this.#at += seconds * 1000;
    Date.now = () => this.#at;
  }
}

const seed = Number(process.env['TEST_SEED'] ?? randomInt(1_000_000));
const cases = Number(process.env['TEST_CASES'] ?? 400);
const serviceHeaders = basic('service', secretOf('service'));
const machineForm = new URLSearchParams({ grant_type: 'client_credentials', resource: gatewayA }).toString();
const stored = [unique('stored-app'), unique('stored-service')] as const;
const clients = [
  'spa',
  'spa',
  'cli',
  'web',
  'web',
  'fapi',
  'cluster',
  'service',
  'service',
  'bearer-only',
  ...stored,
];

/** What was decided for the token endpoint's lane: it answers as the long way would, or leaves it to the long way. */
describe(`the token endpoint's lane beside the long way (TEST_SEED=${seed})`, () => {
  const clock = new StillClock();
  let lane: Holdfast;
  let longWay: Holdfast;
  let storage: Storage;
  let answered = 0;

  before(async () => {
    clock.advance(0);
    storage = await sharedStorage();
    const { tokenLane } = storage;
    for (const clientId of stored)
      await storage.clients.insert(storedClient(clientId, new Date(clock.now())));
    const counting: Storage = {
      ...storage,
      tokenLane: {
        findRefreshable: (digest) => tokenLane.findRefreshable(digest),
        exchange: async (exchange) => counted(await tokenLane.exchange(exchange)),
        issue: async (issue) => counted(await tokenLane.issue(issue)),
      },
    };
    const limits = { requests_per_minute_per_address: 1_000_000 };
    lane = await startHoldfast({ limits }, { clock, storage: counting });
    longWay = await startHoldfast({ limits, issuer: lane.issuer }, { clock, storage, withoutLanes: true });
  });
  after(async () => {
    clock.reset();
    await lane.close();
    await longWay.close();
  });

  function counted(done: boolean): boolean {
    answered += Number(done);
    return done;
  }

  it(`gives the same answers and leaves the same behind, ${cases} times`, async () => {
    const draw = drawFrom(seed);
    const address = `${lane.issuer}/token`;
    const [owner, somebody] = [await generateProofKey(), await generateProofKey()];
    const nonces = await noncesOf(owner);
    let succeeded = 0;
    for (let index = 0; index < cases; index += 1) {
      const account = {
        ...newAccount(unique('acc') as AccountId, new Date(clock.now())),
        displayName: 'Ada',
      };
      await storage.accounts.insert({ ...account, email: `${account.id}@test.test` });
      const clientId = draw.of(...clients);
      const key = draw.chance(0.8) ? owner : await generateProofKey(draw.of('ES256', 'Ed25519'));
      const family = planFamily(draw, draw.chance(0.95) ? clientId : 'web', clock.now() / 1000);
      const request = planRequest(draw, clientId, address);
      const world = { storage, clock, accountId: account.id, jkt: key.jkt };
      const fate =
        key === owner && family.fate === 'key revoked' ? { ...family, fate: 'untouched' as const } : family;
      const twins = [await storeFamilyAs(world, fate), await storeFamilyAs(world, fate)] as const;
      await meetFate(world, fate);
      const ask = { request, keys: { owner: key, somebody }, nonces };
      const quick = await send(lane, twins[0].refreshToken, ask);
      const slow = await send(longWay, twins[1].refreshToken, ask);
      const about = `TEST_SEED=${seed}, case ${index}: ${JSON.stringify({ clientId, fate, request }, null, 1)}`;
      assert.deepEqual(quick, slow, about);
      if (quick.status === 200) succeeded += 1;
    }
    // Or the lane would be equal by never answering.
    assert.ok(succeeded > cases / 6, `${succeeded} of ${cases} succeeded`);
    assert.ok(answered > succeeded / 2, `the lane answered ${answered} of ${succeeded}`);
  }).timeout(120_000);

  async function send(
    to: Holdfast,
    token: string,
    {
      request,
      keys,
      nonces,
    }: { request: RequestPlan; keys: Parameters<typeof proofAs>[1]; nonces: Parameters<typeof proofAs>[2] },
  ) {
    const proof = await proofAs(request.proof, keys, nonces);
    const url = `http://localhost:${to.config.port}/token`;
    const headers = { ...request.headers, ...(proof === undefined ? {} : { dpop: proof }) };
    if (request.proof.replayed)
      await sendAsIs(url, {
        method: 'POST',
        headers: { ...serviceHeaders, dpop: proof ?? '' },
        body: machineForm,
      });
    const before_ = to.log.length;
    const body = new URLSearchParams(
      request.form.map(([name, value]) => [name, value === 'TOKEN' ? token : value]),
    );
    const answer = await sendAsIs(url, { method: 'POST', headers, body: body.toString() });
    return {
      status: answer.status,
      headers: shapeOfHeaders(answer.headers),
      body: shapeOfBody(answer.body),
      events: eventsSince(to, before_),
      left: await leftBehind(token, answer.body),
    };
  }

  /** What the database has of the presented token, its successor and the access token. */
  async function leftBehind(presented: string, body: Readonly<Record<string, unknown>>) {
    const used = await storage.refreshTokens.find(sha256(presented));
    const next = body['refresh_token'];
    const access = typeof body['access_token'] === 'string' ? body['access_token'] : '';
    const parsed = parseOpaqueToken(access);
    const issued =
      parsed?.kind === 'access_token'
        ? await storage.accessTokens.find(sha256(access), parsed.bucket)
        : undefined;
    const successor =
      typeof next === 'string' && next !== presented
        ? await storage.refreshTokens.find(sha256(next))
        : undefined;
    return [used, successor, issued].map((row) => row && nameless(row));
  }

  async function noncesOf(key: ProofKey) {
    const ask = async () => {
      const dpop = await craftProof(key, { htu: `${lane.issuer}/token` });
      const answer = await sendAsIs(`${lane.issuer}/token`, {
        method: 'POST',
        headers: { ...serviceHeaders, dpop },
        body: machineForm,
      });
      return answer.headers.get('dpop-nonce') ?? '';
    };
    const old = await ask();
    clock.advance(600);
    const other = await ask();
    clock.advance(60);
    return { old, other, present: await ask() };
  }
});

/** A client of the database: public, or one with a secret. */
function storedClient(clientId: string, createdAt: Date): StoredClient {
  const common = {
    client_id: clientId,
    redirect_uris: ['https://app.test/callback'],
    response_types: ['code'],
  };
  const grant_types = ['authorization_code', 'refresh_token'];
  const metadata = isPublic(clientId)
    ? { ...common, grant_types, token_endpoint_auth_method: 'none' }
    : {
        ...common,
        grant_types: [...grant_types, 'client_credentials'],
        client_secret: hashedSecret(secretOf(clientId)),
      };
  return { clientId, source: 'database', metadata, createdAt };
}

const ofTheConnection = new Set(['date', 'x-request-id', 'connection', 'keep-alive']);

function shapeOfHeaders(headers: Headers): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => !ofTheConnection.has(name)));
}

function shapeOfBody(body: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(body).map(([name, value]) => [name, shapeOf(name, String(value))]);
}

/** What is random, by its shape; of an ID token all but its signature. */
function shapeOf(name: string, value: string): unknown {
  if (name === 'id_token') return [decodeProtectedHeader(value), Object.entries(decodeJwt(value))];
  if (name === 'access_token' && value.startsWith('ey'))
    return [decodeProtectedHeader(value), keyless(decodeJwt(value))];
  if (name === 'access_token' || name === 'refresh_token') return [value.slice(0, 8), value.length];
  return name === 'request_id' ? value.length : withoutNames(value);
}

function keyless({ jti: _jti, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return rest;
}

function withoutNames(text: string): string {
  return text.replaceAll(/(grant|session)_[0-9a-f]{16}|[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}/g, '$1');
}

/** A row without what tells it from its twin's. */
function nameless(row: object): unknown {
  const { digest: _digest, sealedSuccessor, ...rest } = row as Record<string, unknown>;
  return JSON.parse(withoutNames(JSON.stringify({ ...rest, sealed: sealedSuccessor !== undefined })));
}

function eventsSince({ log }: Holdfast, since: number): unknown[] {
  return log.slice(since).flatMap((line) => {
    const { event, code } = JSON.parse(line) as { event?: unknown; code?: unknown };
    return event === undefined && code === undefined ? [] : [[event, code]];
  });
}
