import { strict as assert } from 'node:assert';
import { setTimeout as wait } from 'node:timers/promises';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from 'jose';
import pg from 'pg';
import { configSchema } from '../../src/config/schema.js';
import { systemClock } from '../../src/lib/clock.js';
import { createKeystore } from '../../src/provider/keystore.js';
import { openStorage } from '../../src/storage/open.js';
import { atOnce } from '../support/parallel.js';
import {
  authorizeUrl,
  clientCredentials,
  credentials,
  introspect,
  logIn,
  pkce,
  refresh,
  revoke,
  signIn,
} from '../support/login.js';
import { gatewayA, testClients } from '../support/clients.js';
import { assertionClient, machineGrant, type AssertionClient } from '../support/assertion-client.js';
import { Device, postForm, type Answer } from '../support/device.js';
import { startCluster, type Cluster } from '../support/nodes.js';
import { addressOf, jsonOf, PasskeyVisitor } from '../support/passkey-visitor.js';
import { startPostgres, type PostgresServer } from '../support/postgres.js';

/*
 * Laws 2 and 3 under parallel tries: a real PostgreSQL, two server processes on it, and every try spread over both.
 */
const tries = 100;
const rounds = [1, 2, 3];
const rotation = { publish_before_use: 2, poll: 1 };

describe('two nodes on one database', () => {
  let postgres: PostgresServer;
  let databaseUrl: string;
  let cluster: Cluster;
  let machine: AssertionClient;
  before(async function () {
    this.timeout(60_000);
    machine = await assertionClient();
    postgres = await startPostgres();
    databaseUrl = await postgres.createDatabase();
    cluster = await startCluster(databaseUrl, 2, {
      clients: [...testClients, machine.metadata],
      key_rotation: rotation,
    });
  });
  after(async () => {
    await cluster.close();
    await postgres.remove();
  });

  const urlOf = (index: number) => cluster.nodes[index % cluster.nodes.length]?.url ?? '';
  const allUrls = () => cluster.nodes.map(({ url }) => url);

  /** A device that has the nonce of the moment already, so that no try is spent on asking for one. */
  async function readyDevice(): Promise<Device> {
    const device = await Device.create();
    await clientCredentials(cluster.issuer, device);
    return device;
  }

  function tally(answers: readonly { readonly status: number }[]): Record<number, number> {
    const counts: Record<number, number> = {};
    for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  }

  async function activeOn(token: string): Promise<boolean[]> {
    return Promise.all(allUrls().map(async (url) => (await introspect(url, token)).body['active'] === true));
  }

  describe('law 2: a hundred tries at once, over two nodes', () => {
    for (const round of rounds) {
      it(`redeem one authorization code exactly once (${round})`, async () => {
        const device = await readyDevice();
        const login = await logIn({ issuer: cluster.issuer, login: 'race' });
        const proofs = await atOnce(tries, () => device.proof('POST', `${cluster.issuer}/token`));
        const { form } = credentials(login.clientId);
        const answers = await atOnce(tries, (index) =>
          postForm(
            {
              url: `${urlOf(index)}/token`,
              form: {
                grant_type: 'authorization_code',
                code: login.code,
                code_verifier: login.verifier,
                redirect_uri: login.redirectUri,
                ...form,
              },
            },
            proofs[index],
          ),
        );
        assert.deepEqual(tally(answers), { 200: 1, 400: tries - 1 });
        const losers = answers.filter(({ status }) => status === 400);
        assert.deepEqual(new Set(losers.map(({ body }) => body['error'])), new Set(['invalid_grant']));
        // RFC 6749 §4.1.2: the second use ended what the first one got.
        const token = answers.find(({ status }) => status === 200)?.body['access_token'] as string;
        assert.deepEqual(await activeOn(token), [false, false]);
      });

      it(`take one DPoP proof exactly once (${round})`, async () => {
        const device = await readyDevice();
        const proof = await device.proof('POST', `${cluster.issuer}/token`);
        const { headers } = credentials('service');
        const form = { grant_type: 'client_credentials', resource: gatewayA, scope: 'model:call' };
        const answers = await atOnce(tries, (index) =>
          postForm({ url: `${urlOf(index)}/token`, headers, form }, proof),
        );
        assert.deepEqual(tally(answers), { 200: 1, 400: tries - 1 });
      });

      it(`take one client assertion exactly once (${round})`, async () => {
        const device = await readyDevice();
        const assertion = await machine.assertion(cluster.issuer);
        const proofs = await atOnce(tries, () => device.proof('POST', `${cluster.issuer}/token`));
        const form = { ...machineGrant, ...machine.form(assertion) };
        const answers = await atOnce(tries, (index) =>
          postForm({ url: `${urlOf(index)}/token`, form }, proofs[index]),
        );
        assert.deepEqual(tally(answers), { 200: 1, 401: tries - 1 });
      });

      it(`answer one WebAuthn challenge exactly once (${round})`, async () => {
        const { issuer } = cluster;
        const person = new PasskeyVisitor(issuer);
        await person.signUp(await person.arrive());
        const page = await person.arrive({ prompt: 'login' });
        const { base, csrf } = addressOf(page);
        const options = jsonOf(await person.post(page, 'sign-in/options', {}));
        // A passkey that does not count: with one that does, the count would refuse the rest.
        const response = person.authenticator.assert(options as never, { signCount: 0 });
        const answers = await atOnce(tries, (index) =>
          person.visitor.postJson(
            `${urlOf(index)}${base}/passkey/sign-in/result`,
            { csrf, response },
            { origin: issuer },
          ),
        );
        assert.deepEqual(tally(answers), { 200: 1, 400: tries - 1 });
      });

      it(`give one refresh token one successor ever (${round})`, async () => {
        const tokens = await signIn({ issuer: cluster.issuer, login: 'race' });
        const answers = await refreshAtOnce(tries, tokens.refreshToken, tokens.device);
        assert.deepEqual(tally(answers), { 200: tries });
        const successors = new Set(answers.map(({ body }) => body['refresh_token'] as string));
        assert.equal(successors.size, 1);
        const [successor = ''] = successors;
        assert.notEqual(successor, tokens.refreshToken);
        assert.equal((await refresh(cluster.issuer, successor, tokens.device)).status, 200);
      });
    }
  });

  async function refreshAtOnce(count: number, token: string, device: Device): Promise<Answer[]> {
    const proofs = await atOnce(count, () => device.proof('POST', `${cluster.issuer}/token`));
    const { form } = credentials('spa');
    return atOnce(count, (index) =>
      postForm(
        {
          url: `${urlOf(index)}/token`,
          form: { grant_type: 'refresh_token', refresh_token: token, ...form },
        },
        proofs[index],
      ),
    );
  }

  describe('law 3: a revocation that races refreshes over two nodes', () => {
    for (const delay of [0, 4, 8, 16, 32]) {
      it(`leaves nothing alive when it comes ${delay} ms after them`, async () => {
        const tokens = await signIn({ issuer: cluster.issuer, login: 'race' });
        const refreshing = refreshAtOnce(25, tokens.refreshToken, tokens.device);
        await wait(delay);
        const revoked = await revoke(urlOf(delay / 4), tokens.refreshToken);
        assert.equal(revoked.status, 200);
        const answers = await refreshing;
        assert.deepEqual(
          answers.filter(({ status }) => status !== 200 && status !== 400).map(({ body }) => body),
          [],
        );
        const handedOut = answers.filter(({ status }) => status === 200);
        const access = [tokens.accessToken, ...handedOut.map(({ body }) => body['access_token'] as string)];
        for (const token of access) assert.deepEqual(await activeOn(token), [false, false]);
        for (const token of new Set(handedOut.map(({ body }) => body['refresh_token'] as string))) {
          assert.equal((await refresh(cluster.issuer, token, tokens.device)).status, 400);
        }
      });
    }

    it('is seen on the other node by whoever asks after its 200', async () => {
      for (const _round of rounds) {
        const { body } = await clientCredentials(cluster.issuer, await readyDevice());
        const token = body['access_token'] as string;
        assert.deepEqual(await activeOn(token), [true, true]);
        assert.equal((await revoke(urlOf(0), token, 'service')).status, 200);
        assert.equal((await introspect(urlOf(1), token)).body['active'], false);
      }
    });
  });

  describe('a node that is killed', () => {
    it('loses no token whose 200 was received', async () => {
      const device = await readyDevice();
      const { headers } = credentials('service');
      const received: string[] = [];
      let killed: Promise<unknown> | undefined;
      // Each asks again until the node is gone, or a quick node would have answered them all before it is killed.
      const cutOff = await atOnce(25, async () => {
        for (let round = 0; round < 400; round += 1) {
          const proof = await device.proof('POST', `${cluster.issuer}/token`);
          try {
            const answer = await postForm({ url: `${urlOf(1)}/token`, headers, form: machineGrant }, proof);
            if (answer.status === 200) received.push(answer.body['access_token'] as string);
          } catch {
            return true;
          }
          if (received.length >= 20) killed ??= cluster.nodes[1]?.end('SIGKILL');
        }
        return false;
      });
      await killed;
      assert.ok(received.length >= 20 && cutOff.every(Boolean), `${received.length} received`);
      const alive = await Promise.all(received.map((token) => introspect(urlOf(0), token)));
      assert.deepEqual(
        alive.filter(({ body }) => body['active'] !== true).map(({ body }) => body),
        [],
      );
      await cluster.restart(1);
      assert.equal((await introspect(urlOf(1), received[0] ?? '')).body['active'], true);
    });
  });

  describe('a rotation of the signing keys', () => {
    it('leaves no moment in which one node refuses what another one signed', async function () {
      this.timeout(60_000);
      const storage = await openStorage({ databaseUrl, dataFolder: undefined, clock: systemClock });
      try {
        const settings = () => configSchema.parse({ key_rotation: rotation }).key_rotation;
        const ports = {
          store: storage.signingKeys,
          masterKey: cluster.masterKey,
          clock: systemClock,
          settings,
        };
        const tokens = await signIn({ issuer: cluster.issuer, login: 'race' });
        const kids = new Set<unknown>();
        let { refreshToken } = tokens;
        let rotated = false;
        let roundsAfter = 0;
        const patience = Date.now() + 30_000;
        // Until the new key has signed, and on for a while: once, a slow machine was not there in a fixed time.
        for (let round = 0; roundsAfter < 20 && Date.now() < patience; round += 1) {
          const [signer, verifier] = round % 2 === 0 ? [0, 1] : [1, 0];
          const [proof] = await atOnce(1, () => tokens.device.proof('POST', `${cluster.issuer}/token`));
          const form = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: 'spa' };
          const { status, body } = await postForm({ url: `${urlOf(signer)}/token`, form }, proof);
          assert.equal(status, 200, JSON.stringify(body));
          refreshToken = body['refresh_token'] as string;
          const idToken = body['id_token'] as string;
          kids.add(decodeProtectedHeader(idToken).kid);
          const jwks = (await (await fetch(`${urlOf(verifier)}/jwks`)).json()) as JSONWebKeySet;
          assert.equal(
            await verifies(idToken, jwks),
            true,
            `node ${verifier} does not publish the key of node ${signer}`,
          );
          roundsAfter += kids.size - 1;
          if (!rotated) rotated = (await createKeystore(ports).rotate()).outcome === 'rotated';
        }
        assert.equal(kids.size, 2);
      } finally {
        await storage.close();
      }
    });
  });

  function verifies(token: string, jwks: JSONWebKeySet): Promise<boolean> {
    return jwtVerify(token, createLocalJWKSet(jwks)).then(
      () => true,
      () => false,
    );
  }

  describe('a database whose connections break again and again', () => {
    /** Ends every connection of the servers until `stop`. */
    async function breakConnections(): Promise<{ stop(): Promise<void> }> {
      const admin = new pg.Client({ connectionString: databaseUrl });
      await admin.connect();
      const state = { stopped: false };
      const breaking = (async () => {
        while (!state.stopped) {
          await admin.query(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()`,
          );
          await wait(60);
        }
      })();
      return {
        stop: async () => {
          state.stopped = true;
          await breaking;
          await admin.end();
        },
      };
    }

    it('costs a client that tries again no family, and is never taken for a bug', async () => {
      const families = await atOnce(4, (index) =>
        signIn({ issuer: cluster.issuer, login: `broken-${index}` }),
      );
      const breaking = await breakConnections();
      const answers: Answer[] = [];
      // Goes on until a break was met: once, all was over between two of them.
      const broke = () => answers.some(({ status }) => status === 503);
      try {
        await Promise.all(
          families.map(async ({ refreshToken, device }) => {
            for (
              let [token, successes, tries] = [refreshToken, 0, 0];
              (successes < 15 || !broke()) && tries < 3000;
              tries += 1
            ) {
              const form = { grant_type: 'refresh_token', refresh_token: token, client_id: 'spa' };
              const proof = await device.proof('POST', `${cluster.issuer}/token`);
              const answer = await postForm({ url: `${urlOf(tries)}/token`, form }, proof);
              answers.push(answer);
              if (answer.status === 200) {
                successes += 1;
                token = answer.body['refresh_token'] as string;
              } else if (answer.status === 503) await wait(20);
              else return;
            }
          }),
        );
      } finally {
        await breaking.stop();
      }
      const { 200: good = 0, 503: away = 0, ...others } = tally(answers);
      assert.deepEqual(others, {});
      assert.ok(good >= families.length * 15, `${good} of ${answers.length}`);
      assert.ok(away > 0, 'no connection broke');
    });
  });

  describe('a database that is away', () => {
    it('is answered with 503 and Retry-After, and everything recovers by itself', async function () {
      this.timeout(40_000);
      const tokens = await signIn({ issuer: cluster.issuer, login: 'race' });
      await postgres.stop();
      const answers = await atOnce(20, async (index) => {
        const url = urlOf(index);
        if (index % 4 === 0) return introspect(url, tokens.accessToken);
        if (index % 4 === 1) return revoke(url, tokens.accessToken);
        const { form } = credentials('spa');
        const proof = await tokens.device.proof('POST', `${cluster.issuer}/token`);
        if (index % 4 === 2) {
          const request = { grant_type: 'refresh_token', refresh_token: tokens.refreshToken, ...form };
          return postForm({ url: `${url}/token`, form: request }, proof);
        }
        const page = await fetch(authorizeUrl({ issuer: url }, pkce().challenge), { redirect: 'manual' });
        return { status: page.status, headers: page.headers, body: {} };
      });
      assert.deepEqual(tally(answers), { 503: 20 });
      assert.deepEqual(
        answers.filter(({ headers }) => !/^[1-9]\d*$/.test(headers.get('retry-after') ?? '')),
        [],
      );
      for (const { managementUrl } of cluster.nodes) {
        assert.equal((await fetch(`${managementUrl}/readyz`)).status, 503);
        assert.equal((await fetch(`${managementUrl}/healthz`)).status, 200);
      }
      await postgres.start();
      for (const { managementUrl } of cluster.nodes) assert.equal(await becomesReady(managementUrl), true);
      assert.deepEqual(await activeOn(tokens.accessToken), [true, true]);
      assert.equal((await refresh(cluster.issuer, tokens.refreshToken, tokens.device)).status, 200);
    });
  });

  async function becomesReady(managementUrl: string): Promise<boolean> {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      if ((await fetch(`${managementUrl}/readyz`)).status === 200) return true;
      await wait(100);
    }
    return false;
  }
});
