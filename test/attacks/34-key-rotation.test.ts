import assert from 'node:assert/strict';
import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  createRemoteJWKSet,
  decodeProtectedHeader,
  jwtVerify,
  type JSONWebKeySet,
} from 'jose';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../../examples/support/free-port.js';
import { loadConfig } from '../../src/config/load.js';
import { createKeystore, type Keystore } from '../../src/provider/keystore.js';
import { jwtGateway, secretOf, testResources } from '../support/clients.js';
import { basic, Device, postForm } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { clientCredentials, introspect, refresh, signIn, type Tokens } from '../support/login.js';

const publishBeforeUse = 7200;
const longestLife = 3600;
const settings = {
  key_rotation: { publish_before_use: publishBeforeUse, retire_after: longestLife + 40, poll: 20 },
  resources: testResources.map((each) => ({ ...each, lifetime: longestLife })),
};

/** Two servers on one database, each behind an address of its own; a verifier knows the JWKS alone. */
describe('threat 34: a rotation of the signing keys', function () {
  this.timeout(60_000);
  let first: Holdfast;
  let second: Holdfast;
  let nodes: Holdfast[];
  let device: Device;
  let keystore: Keystore;
  /** How much later it is for the keys than for the tokens, in seconds. */
  let later = 0;

  before(async () => {
    first = await startHoldfast(settings);
    second = await startHoldfast({ ...settings, issuer: first.issuer, port: await freePort() });
    nodes = [first, second];
    device = await Device.create();
    keystore = keystoreAt(() => Date.now() + later * 1000);
    await keystore.replace();
    await polled();
  });
  after(async () => {
    // The next file finds keys that are as old as they say.
    await keystoreAt(Date.now).replace();
    for (const node of nodes) await node.close();
  });

  const keystoreAt = (now: () => number) =>
    createKeystore({
      store: first.storage.signingKeys,
      masterKey: first.masterKey,
      clock: { now },
      settings: () => first.config.key_rotation,
    });
  const addresses = () => nodes.map(({ config }) => `http://127.0.0.1:${config.port}`);
  const polled = () => Promise.all([first, second].map(({ app }) => app.refreshKeys()));
  const jwksOf = async (url: string) => (await (await fetch(`${url}/jwks`)).json()) as JSONWebKeySet;
  const kidsAt = async (url: string) => (await jwksOf(url)).keys.map(({ kid }) => kid);
  const kidOf = (token: string) => decodeProtectedHeader(token).kid ?? '';

  /** A JWT access token that the server at `url` signs; proofs are made for the issuer, as behind a balancer. */
  async function signedBy(url: string): Promise<string> {
    await clientCredentials(first.issuer, device);
    const answer = await postForm(
      {
        url: `${url}/token`,
        headers: basic('service', secretOf('service')),
        form: { grant_type: 'client_credentials', resource: jwtGateway, scope: 'jwt:call' },
      },
      await device.proof('POST', `${first.issuer}/token`),
    );
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.body['access_token'] as string;
  }
  const verifies = (token: string, jwks: JSONWebKeySet) =>
    jwtVerify(token, createLocalJWKSet(jwks), { typ: 'at+jwt', issuer: first.issuer }).then(
      () => true,
      () => false,
    );
  const active = async (token: string, url: string) =>
    (await introspect(url, token, 'rs-jwt')).body['active'];
  const anywhere = () => addresses()[0] ?? '';

  it('names every key by its own thumbprint (RFC 7638), so that no two share a name', async () => {
    for (const url of addresses()) {
      const { keys } = await jwksOf(url);
      assert.ok(keys.length >= 4);
      for (const key of keys) assert.equal(key.kid, await calculateJwkThumbprint(key));
      assert.equal(new Set(keys.map(({ kid }) => kid)).size, keys.length);
    }
  });

  it('waits until every cache has the next key, and no cache is told to outlast that', async () => {
    later += publishBeforeUse - 60;
    const early = await keystore.rotate();
    assert.equal(early.outcome, 'too_young');
    const answer = await fetch(`${anywhere()}/jwks`);
    const [, seconds] = /max-age=(\d+)/.exec(answer.headers.get('cache-control') ?? '') ?? [];
    assert.ok(Number(seconds) <= publishBeforeUse && Number(seconds) <= 300, seconds);

    // Somebody fetched the JWKS when the next keys were new, and never since.
    const cached = (await answer.json()) as JSONWebKeySet;
    later += 120;
    assert.equal((await keystore.rotate()).outcome, 'rotated');
    await polled();
    for (const url of addresses()) assert.equal(await verifies(await signedBy(url), cached), true, url);
  });

  it('keeps the old key until the last token that it signed has ended, then lets it go', async () => {
    const old = await signedBy(anywhere());
    later += publishBeforeUse;
    assert.equal((await keystore.rotate()).outcome, 'rotated');
    await polled();
    assert.notEqual(kidOf(await signedBy(anywhere())), kidOf(old));

    later += longestLife;
    await keystore.maintain();
    await polled();
    for (const url of addresses()) {
      assert.equal(await verifies(old, await jwksOf(url)), true);
      assert.equal(await active(old, url), true);
    }
    later += 41;
    await keystore.maintain();
    await polled();
    for (const url of addresses()) assert.ok(!(await kidsAt(url)).includes(kidOf(old)));
  });

  it('has no gap while one node knows of it and the other does not, whichever is first', async () => {
    for (const ahead of [first, second]) {
      later += publishBeforeUse;
      await keystore.rotate();
      await ahead.app.refreshKeys();
      for (const url of addresses()) {
        const token = await signedBy(url);
        for (const at of addresses()) {
          assert.equal(
            await verifies(token, await jwksOf(at)),
            true,
            `${at} does not publish the key of ${url}`,
          );
          assert.equal(await active(token, at), true);
        }
      }
      await polled();
    }
  });

  it('keeps no private part of a key that signs no more', async () => {
    const retiring = (await first.storage.signingKeys.list()).filter(({ state }) => state === 'retiring');
    assert.ok(retiring.length > 0);
    for (const { sealedPrivateJwk } of retiring) assert.equal(sealedPrivateJwk, undefined);
  });

  describe('after a leak', () => {
    let tokens: Tokens;
    let stolen: string;

    before(async () => {
      // Nobody tells this one: it looks for itself.
      const key_rotation = { ...settings.key_rotation, poll: 1 };
      nodes.push(
        await startHoldfast({ ...settings, key_rotation, issuer: first.issuer, port: await freePort() }),
      );
      tokens = await signIn({ issuer: first.issuer });
      stolen = await signedBy(anywhere());
      for (const url of addresses()) assert.equal(await active(stolen, url), true);
      const kids = [...new Set([stolen, tokens.idToken].map(kidOf))];
      assert.equal((await keystore.replace(kids)).outcome, 'rotated');
      await polled();
      for (let round = 0; round < 100 && (await anyPublishes(kids)); round += 1) await wait(50);
    });
    const anyPublishes = async (kids: readonly string[]) =>
      (await Promise.all(addresses().map(kidsAt))).flat().some((kid) => kids.includes(kid ?? ''));

    it('publishes the key nowhere after two polls, and whoever asks anew verifies nothing by it', async () => {
      assert.equal(await anyPublishes([stolen, tokens.idToken].map(kidOf)), false);
      for (const url of addresses()) {
        await assert.rejects(jwtVerify(stolen, createRemoteJWKSet(new URL(`${url}/jwks`))), {
          code: 'ERR_JWKS_NO_MATCHING_KEY',
        });
      }
    });

    it('kills what the key signed: the access token at every node, the ID token as a hint', async () => {
      for (const url of addresses()) {
        assert.deepEqual((await introspect(url, stolen, 'rs-jwt')).body, { active: false });
        const logout = `${url}/logout?id_token_hint=${tokens.idToken}`;
        assert.equal((await fetch(logout, { redirect: 'manual' })).status, 400);
      }
    });

    it('leaves alive what no key signed: sessions, opaque tokens and refresh tokens', async () => {
      for (const url of addresses()) {
        assert.equal((await introspect(url, tokens.accessToken)).body['active'], true);
      }
      assert.equal((await refresh(first.issuer, tokens.refreshToken, tokens.device)).status, 200);
    });

    it('signs on at once with a key that every node publishes', async () => {
      for (const url of addresses()) {
        const token = await signedBy(url);
        for (const at of addresses()) assert.equal(await active(token, at), true);
      }
    });
  });
});

describe('threat 34: settings under which a rotation would leave a gap', () => {
  const problems = (file: object) => {
    const loaded = loadConfig({ env: { HOLDFAST_CONFIG: 'x.yaml' }, readFile: () => JSON.stringify(file) });
    return loaded.ok ? [] : loaded.problems.map(({ setting, message }) => `${setting} ${message}`);
  };

  it('are refused at start: a key that signs before every node can have seen it', () => {
    const gap = problems({ key_rotation: { publish_before_use: 29, poll: 15 } });
    assert.match(gap.join(), /^key_rotation.publish_before_use must be twice key_rotation.poll/);
    assert.deepEqual(problems({ key_rotation: { publish_before_use: 30, poll: 15 } }), []);
  });

  it('are refused at start: a key that is gone before the tokens that it signed', () => {
    const resources = [{ identifier: 'https://m.test/', format: 'jwt', lifetime: 3600 }];
    const gap = problems({ resources, key_rotation: { retire_after: 3629, poll: 15 } });
    assert.match(gap.join(), /^key_rotation.retire_after must outlast every token: 3630 seconds/);
    assert.deepEqual(problems({ resources, key_rotation: { retire_after: 3630, poll: 15 } }), []);
    assert.match(
      problems({ lifetimes: { id_token: 31 * 86_400 } }).join(),
      /^key_rotation.retire_after must outlast/,
    );
  });
});
