import { strict as assert } from 'node:assert';
import { decodeJwt } from 'jose';
import type { AccountId } from '../../src/accounts/account.js';
import { systemClock } from '../../src/lib/clock.js';
import { openStorage } from '../../src/storage/open.js';
import type { Storage } from '../../src/storage/storage.js';
import { secretOf } from '../support/clients.js';
import { basic, Device, postForm } from '../support/device.js';
import {
  authorizeUrl,
  clientCredentials,
  credentials,
  goThrough,
  introspect,
  pkce,
  signIn,
  type Tokens,
} from '../support/login.js';
import { startCluster, type Cluster } from '../support/nodes.js';
import { atOnce } from '../support/parallel.js';
import { addressOf, jsonOf, PasskeyVisitor } from '../support/passkey-visitor.js';
import { createDatabase } from '../support/postgres.js';
import { formWith, Visitor } from '../support/visitor.js';

/* Laws 2 and 3 where a person takes part: what a browser sends once, sent a hundred times to two nodes at once. */
describe('a sign-in on two nodes', () => {
  const tries = 100;
  let cluster: Cluster;
  let storage: Storage;
  before(async function () {
    this.timeout(60_000);
    const databaseUrl = await createDatabase();
    cluster = await startCluster(databaseUrl, 2);
    storage = await openStorage({ databaseUrl, dataFolder: undefined, clock: systemClock });
  });
  after(async () => {
    await cluster.close();
    await storage.close();
  });

  const urlOf = (index: number) => cluster.nodes[index % 2]?.url ?? '';
  /** The same address at another node. */
  const at = (index: number, address: string) => address.replace(cluster.issuer, urlOf(index));
  const own = () => ({ origin: cluster.issuer });

  function tally(answers: readonly { readonly status: number }[]): Record<number, number> {
    const counts: Record<number, number> = {};
    for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  }

  it('begins with the same signing keys, though both nodes found an empty database at the same moment', async () => {
    const sets = await Promise.all(cluster.nodes.map(async ({ url }) => (await fetch(`${url}/jwks`)).json()));
    assert.deepEqual(sets[0], sets[1]);
  });

  it('makes one account of a hundred answers to one registration', async () => {
    const person = new PasskeyVisitor(cluster.issuer);
    const page = await person.beginSignUp(await person.arrive(), 'Racer 4711');
    const { base, csrf } = addressOf(page);
    const options = jsonOf(await person.post(page, 'sign-up/options', {}));
    const response = person.authenticator.register(options as never);
    const answers = await atOnce(tries, (index) =>
      person.visitor.postJson(`${urlOf(index)}${base}/passkey/sign-up/result`, { csrf, response }, own()),
    );
    assert.deepEqual(tally(answers), { 200: 1, 400: tries - 1 });
    const accounts = await storage.accounts.list({ limit: 100 });
    assert.equal(accounts.filter(({ displayName }) => displayName === 'Racer 4711').length, 1);
  });

  it('makes one account of a hundred first test logins by one name', async () => {
    const visitors = await atOnce(20, async (index) => {
      const visitor = new Visitor();
      const page = await visitor.follow(
        await visitor.get(authorizeUrl({ issuer: cluster.issuer }, pkce().challenge)),
      );
      return { visitor, form: formWith(page, 'acr'), index };
    });
    const answers = await Promise.all(
      visitors.map(({ visitor, form, index }) =>
        visitor.post(at(index, form.action), { ...form.fields, login: 'newcomer', acr: '' }, own()),
      ),
    );
    assert.deepEqual(tally(answers), { 303: visitors.length });
    const accounts = await storage.accounts.list({ limit: 100 });
    assert.equal(accounts.filter(({ login }) => login === 'newcomer').length, 1);
  });

  it('gives one code for a hundred consents to one interaction', async () => {
    const visitor = new Visitor();
    const { verifier, challenge } = pkce();
    const login = await visitor.follow(
      await visitor.get(authorizeUrl({ issuer: cluster.issuer }, challenge)),
    );
    const form = formWith(login, 'acr');
    const page = await visitor.follow(
      await visitor.post(form.action, { ...form.fields, login: 'ada', acr: '' }),
    );
    const consent = formWith(page, 'csrf');
    const answers = await atOnce(tries, (index) =>
      visitor.post(at(index, consent.action), consent.fields, own()),
    );
    assert.deepEqual(
      Object.keys(tally(answers)).filter((status) => Number(status) >= 500),
      [],
    );
    const onward = answers.flatMap(({ location }) => location ?? []);
    const ends = await Promise.all(onward.map((location, index) => visitor.get(at(index, location))));
    assert.deepEqual(
      Object.keys(tally(ends)).filter((status) => Number(status) >= 500),
      [],
    );
    const codes = new Set(
      ends.flatMap(({ location }) => new URL(location ?? cluster.issuer).searchParams.get('code') ?? []),
    );
    assert.equal(codes.size, 1, `${codes.size} codes`);
    const device = await Device.create();
    const [code = ''] = codes;
    const redirect_uri = 'https://app.test/callback';
    const grant = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri };
    const answer = await device.post({
      url: `${cluster.issuer}/token`,
      form: { ...grant, client_id: 'spa' },
    });
    assert.equal(answer.status, 200);
  });

  it('lets one pushed request begin one sign-in', async () => {
    const device = await Device.create();
    const { issuer } = cluster;
    const form = Object.fromEntries(
      new URL(authorizeUrl({ issuer, clientId: 'web' }, pkce().challenge)).searchParams,
    );
    const pushed = await device.post({ url: `${issuer}/par`, form, headers: basic('web', secretOf('web')) });
    const query = `client_id=web&request_uri=${String(pushed.body['request_uri'])}`;
    const answers = await atOnce(20, (index) => new Visitor().get(`${urlOf(index)}/authorize?${query}`));
    assert.deepEqual(
      Object.keys(tally(answers)).filter((status) => Number(status) >= 500),
      [],
    );
    const visitors = await atOnce(4, async (index) => {
      const visitor = new Visitor();
      return goThrough(visitor, `${issuer}/authorize?${query}`, `pushed-${index}`).then(
        ({ location }) => location !== undefined && new URL(location).searchParams.has('code'),
        () => false,
      );
    });
    assert.ok(visitors.filter(Boolean).length <= 1, `${visitors.filter(Boolean).length} codes`);
  });

  const ends: Record<string, (tokens: Tokens) => Promise<unknown>> = {
    'the person signs out': async ({ login }) => {
      const { action, fields } = formWith(await login.visitor.get(`${cluster.issuer}/logout`), 'logout');
      assert.equal((await login.visitor.post(at(1, action), fields, own())).status, 303);
    },
    'the account is disabled': async ({ idToken }) =>
      storage.accounts.disable(decodeJwt(idToken).sub as AccountId, new Date()),
    'the client is revoked': async () => storage.clients.revoke('spa'),
  };
  for (const [name, end] of Object.entries(ends)) {
    it(`leaves no token of its session alive when ${name} while 25 refreshes run`, async () => {
      const { issuer } = cluster;
      const tokens = await signIn({ issuer, login: `leaving when ${name}`, scope: 'openid model:call' });
      const proofs = await atOnce(25, () => tokens.device.proof('POST', `${issuer}/token`));
      const { form } = credentials('spa');
      const request = { grant_type: 'refresh_token', refresh_token: tokens.refreshToken, ...form };
      const refreshing = atOnce(25, (index) =>
        postForm({ url: `${urlOf(index)}/token`, form: request }, proofs[index]),
      );
      await end(tokens);
      const answers = await refreshing;
      assert.deepEqual(
        Object.keys(tally(answers)).filter((status) => Number(status) >= 500),
        [],
      );
      const given = answers.flatMap(({ body }) => (body['access_token'] as string | undefined) ?? []);
      for (const token of [tokens.accessToken, ...given]) {
        for (const { url } of cluster.nodes) {
          assert.equal((await introspect(url, token)).body['active'], false);
        }
      }
      const later = await postForm(
        { url: `${urlOf(1)}/token`, form: request },
        await tokens.device.proof('POST', `${issuer}/token`),
      );
      assert.equal(later.status, 400);
    });
  }

  it('does not touch what other clients hold', async () => {
    const { body } = await clientCredentials(cluster.issuer, await Device.create());
    assert.equal((await introspect(urlOf(1), body['access_token'] as string)).body['active'], true);
  });
});
