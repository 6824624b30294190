import assert from 'node:assert/strict';
import type { Clock } from '../../src/lib/clock.js';
import { deriveKey } from '../../src/lib/hashing.js';
import { newAccessToken } from '../../src/lib/opaque-token.js';
import { systemRandom } from '../../src/lib/random.js';
import { createNonces } from '../../src/proof/nonces.js';
import { accessTokenHash } from '../../src/proof/thumbprint.js';
import { hashedSecret } from '../../src/provider/client-secret.js';
import { askCall, outcomeOf, ProvenCaller } from '../support/calls.js';
import { gatewayA, gatewayB, secretOf, testResources } from '../support/clients.js';
import { Device } from '../support/device.js';
import { craftProof, handMadeJwt, signedJwt } from '../support/hand-made-proof.js';
import { sharedStorage, startHoldfast, type Holdfast } from '../support/harness.js';
import { revoke, signIn, type Tokens } from '../support/login.js';
import { unique } from '../support/records.js';
import { watchStorage, type StoreCall } from '../support/watched-storage.js';

/* What a thief tries at a resource server that hands proofs on to POST /calls (proof mode). */
describe('threats 1, 3, 4, 5, 26, 27, 28, 30 and 33 at /calls', () => {
  const kept = unique('rs-kept');
  let holdfast: Holdfast;
  let asked: StoreCall[];
  let tokens: Tokens;
  let caller: ProvenCaller;
  let nonce: string;

  before(async () => {
    const watched = watchStorage(await sharedStorage());
    asked = watched.calls;
    const resources = testResources.map((resource) =>
      resource.identifier === gatewayA ? { ...resource, resource_servers: ['rs-a', kept] } : resource,
    );
    const limits = {
      introspections_per_minute_per_client: 150,
      mails_per_hour_per_network: 100_000,
      code_tries_per_network: 100_000,
    };
    holdfast = await startHoldfast({ resources, limits }, { storage: watched.storage });
    tokens = await signIn({ issuer: holdfast.issuer });
    caller = new ProvenCaller(holdfast.issuer, tokens);
    nonce = await caller.greet();
  });
  after(() => holdfast.close());

  const shifted = (seconds: number): Clock => ({ now: () => holdfast.clock.now() + seconds * 1000 });
  const prove = (facts = {}, seconds = 0) => caller.prove(facts, shifted(seconds));
  const outcome = async (dpop: string, changes: object = {}) => outcomeOf(await caller.ask(dpop, changes));
  const nonceOf = (audience: string, seconds = 0, masterKey: Uint8Array = holdfast.masterKey) =>
    createNonces({
      key: deriveKey(masterKey, 'resource nonce'),
      audience,
      clock: shifted(seconds),
    }).current();

  it('1: a stolen token is worth nothing with the key of a thief', async () => {
    const thief = new ProvenCaller(holdfast.issuer, { ...tokens, device: await Device.create() });
    thief.learn(nonce);
    const stolen = await thief.ask(await thief.prove());
    assert.equal(outcomeOf(stolen), 'token_wrong_key');
    assert.deepEqual([stolen.body['decision'], stolen.body['status']], ['deny', 401]);
    const named = await caller.ask('', { proof: undefined, jkt: thief.device.key.jkt });
    assert.equal(outcomeOf(named), 'token_wrong_key');
  });

  it('3: a proof that was made long before needs a nonce of these minutes', async () => {
    assert.equal(await outcome(await prove({ nonce: nonceOf(gatewayA, -180) })), 'nonce_required');
    assert.equal(await outcome(await prove({ nonce: nonceOf(gatewayA, 180) })), 'nonce_required');
    assert.equal(await outcome(await prove({ nonce: nonceOf(gatewayA) })), 'allow');
  });

  it('4: no nonce, and none that was given for somewhere else, is taken', async () => {
    const { issuer } = holdfast;
    const there = await signIn({ issuer, resource: gatewayB, scope: 'b:call' });
    const other = new ProvenCaller(issuer, there, `${gatewayB}v1/chat`);
    const { body } = await other.ask(await other.prove(), {}, { as: 'rs-b' });
    assert.ok(body['dpop_nonce']);
    const bare = await craftProof(tokens.device.key, { htu: caller.url, ath: accessTokenHash(caller.token) });
    for (const dpop of [
      bare,
      await prove({ nonce: body['dpop_nonce'] as string }),
      await prove({ nonce: nonceOf(gatewayA, 0, Buffer.alloc(32)) }),
      await prove({ nonce: tokens.device.nonce ?? '' }),
    ]) {
      const answer = await caller.ask(dpop);
      assert.equal(outcomeOf(answer), 'nonce_required');
      assert.equal(answer.body['decision'], 'challenge');
      assert.match(String(answer.body['www_authenticate']), /^DPoP error="use_dpop_nonce"/);
      assert.ok(answer.body['dpop_nonce']);
    }
  });

  it('5: a proof for another address is worth nothing, whatever the resource server is made to say', async () => {
    const elsewhere = `${gatewayB}v1/chat`;
    for (const facts of [{ url: elsewhere }, { url: `${gatewayA}v1/other` }, { method: 'GET' }]) {
      assert.equal(await outcome(await prove(facts)), 'proof_invalid', JSON.stringify(facts));
    }
    // A gateway that takes its address from the Host header, which the thief has set.
    const relayed = await prove({ url: 'https://evil.example/v1/chat' });
    for (const url of ['https://evil.example/v1/chat', elsewhere, 'https://a.models.test@evil.example/']) {
      const answer = await caller.ask(relayed, { proof: { dpop: relayed, method: 'POST', url } });
      assert.deepEqual([answer.status, answer.body['error']], [400, 'invalid_request'], url);
    }
    // The other resource server has no use for what it was sent.
    const dpop = await prove();
    const foreign = await caller.ask(dpop, {}, { as: 'rs-b' });
    assert.equal(outcomeOf(foreign), 'token_inactive');
    assert.equal(await outcome(dpop), 'allow', 'and has used nothing up');
  });

  it('26: the unknown, the revoked and the foreign cost the same and say the same', async () => {
    const gone = await signIn({ issuer: holdfast.issuer });
    await revoke(holdfast.issuer, gone.accessToken);
    const unknown = newAccessToken(systemRandom, Math.floor(holdfast.clock.now() / 1000) + 100);
    const seen = new Set<string>();
    for (const [token, as] of [
      [unknown, 'rs-a'],
      [gone.accessToken, 'rs-a'],
      [caller.token, 'rs-b'],
    ] as const) {
      asked.length = 0;
      const { status, headers, body } = await caller.ask(await prove(), { token }, { as });
      const names = [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
      const stores = asked.map(({ name }) => name);
      seen.add(JSON.stringify([status, names, { ...body, call_id: '' }, stores]));
    }
    assert.equal(seen.size, 1, [...seen].join('\n'));
    assert.match(
      [...seen].join(),
      /"token_inactive".*\["calls\.find"\]/,
      'a dead token fills no replay memory',
    );
  });

  it('27: nothing but a proof is a proof', async () => {
    const { key } = tokens.device;
    const claims = { htu: caller.url, ath: accessTokenHash(caller.token), nonce };
    const payload = {
      ...claims,
      jti: unique('jti'),
      htm: 'POST',
      iat: Math.floor(holdfast.clock.now() / 1000),
    };
    const jwk = { ...key.publicKey };
    const cases: readonly (readonly [string, string])[] = [
      [handMadeJwt({ typ: 'dpop+jwt', alg: 'none', jwk }, payload, ''), 'proof_malformed'],
      [handMadeJwt({ typ: 'dpop+jwt', alg: 'none', jwk }, payload), 'proof_invalid'],
      [handMadeJwt({ typ: 'dpop+jwt', alg: 'ES256', jwk }, payload, 'A'.repeat(86)), 'proof_invalid'],
      [await signedJwt({ typ: 'dpop+jwt', alg: 'HS256', jwk }, payload, key.privateKey), 'proof_invalid'],
      [await craftProof(key, claims, { typ: 'at+jwt' }), 'proof_malformed'],
      [await craftProof(key, claims, { typ: 'JWT' }), 'proof_malformed'],
      [await craftProof(key, { ...claims, ath: accessTokenHash('another') }), 'proof_invalid'],
      [`${await prove()}, ${await prove()}`, 'proof_duplicated'],
    ];
    for (const [dpop, code] of cases) assert.equal(await outcome(dpop), code);
  });

  it('28: no header makes another key count', async () => {
    const thief = (await Device.create()).key;
    const claims = { htu: caller.url, ath: accessTokenHash(caller.token), nonce };
    for (const header of [
      { jwk: { ...tokens.device.key.publicKey }, kid: 'thief' },
      { jwk: { ...tokens.device.key.publicKey }, jku: 'https://evil.example/jwks' },
      { jwk: { ...tokens.device.key.publicKey }, x5u: 'https://evil.example/certificate' },
    ]) {
      // Signed by the thief under the name of the owner.
      assert.equal(await outcome(await craftProof(thief, claims, header)), 'proof_invalid');
    }
    // RFC 9449 §4.3 check 7
    const secret = { ...tokens.device.key.publicKey, d: 'A'.repeat(43) };
    assert.equal(
      await outcome(await craftProof(tokens.device.key, claims, { jwk: secret })),
      'proof_malformed',
    );
  });

  it('30: what is too long is refused before it is looked at', async () => {
    const claims = { htu: caller.url, ath: accessTokenHash(caller.token), nonce };
    const { key } = tokens.device;
    assert.equal(
      await outcome(await craftProof(key, { ...claims, more: 'x'.repeat(4000) })),
      'proof_oversized',
    );
    assert.equal(
      await outcome(await craftProof(key, { ...claims, jti: 'x'.repeat(129) })),
      'proof_oversized',
    );
  });

  it('33: a clock may be 10 s ahead and 300 s behind', async () => {
    const taken = await Promise.all([8, -295].map(async (seconds) => outcome(await prove({}, seconds))));
    assert.deepEqual(taken, ['allow', 'allow']);
    const refused = await Promise.all([60, -310].map(async (seconds) => outcome(await prove({}, seconds))));
    assert.deepEqual(refused, ['proof_out_of_window', 'proof_out_of_window']);
  });

  it('a resource server that was removed gets no further answer, on the short way either', async () => {
    const { storage, clock, issuer } = holdfast;
    await storage.clients.insert({
      clientId: kept,
      source: 'database',
      createdAt: new Date(clock.now()),
      metadata: {
        client_id: kept,
        client_secret: hashedSecret(secretOf(kept)),
        redirect_uris: [],
        grant_types: [],
        response_types: [],
      },
    });
    const question = { token: caller.token, jkt: tokens.device.key.jkt, model: 'echo' };
    for (let count = 0; count < 2; count += 1) {
      assert.equal(outcomeOf(await askCall(issuer, question, kept)), 'allow');
    }
    await storage.clients.remove(kept, new Date(clock.now()));
    assert.equal((await askCall(issuer, question, kept)).status, 401);
  });

  it('30: a batch takes from the budget what its calls would take', async () => {
    const question = { token: 'x', jkt: tokens.device.key.jkt, model: 'echo' };
    const calls = Array.from({ length: 100 }, () => question);
    const statuses = [];
    for (let count = 0; count < 2; count += 1) {
      statuses.push((await askCall(holdfast.issuer, { calls }, 'rs-jwt')).status);
    }
    assert.deepEqual(statuses, [200, 429]);
  });
});
