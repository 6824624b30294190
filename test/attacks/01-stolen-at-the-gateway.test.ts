import assert from 'node:assert/strict';
import { createNonces } from '../../src/proof/nonces.js';
import { createProof, generateProofKey } from '../../src/proof/create-proof.js';
import { systemRandom } from '../../src/lib/random.js';
import { accessTokenHash } from '../../src/proof/thumbprint.js';
import { GuardedServer, target } from '../support/guarded-server.js';
import { signedJwt } from '../support/hand-made-proof.js';
import { manualClock } from '../support/manual-clock.js';

/* What a thief has copied on its way to a model, brought to the resource server itself. */
describe('at the gateway', () => {
  let gateway: GuardedServer;
  beforeEach(async () => {
    gateway = await GuardedServer.start();
  });
  afterEach(() => gateway.close());

  describe('threat 1: a stolen access token', () => {
    it('is refused as Bearer, also with the owner’s proof beside it', async () => {
      const authorization = `Bearer ${gateway.token}`;
      assert.equal((await gateway.call({ authorization })).status, 401);
      const dpop = await gateway.proof(await gateway.nonce());
      const reply = await gateway.call({ authorization, dpop });
      assert.deepEqual([reply.status, reply.error], [401, 'invalid_token']);
    });

    it('is refused without a proof', async () => {
      const reply = await gateway.call({ authorization: `DPoP ${gateway.token}` });
      assert.deepEqual([reply.status, reply.error], [401, 'invalid_dpop_proof']);
    });

    it('is refused with the proof of another key', async () => {
      const thief = await generateProofKey();
      const reply = await gateway.bound(await gateway.proof(await gateway.nonce(), thief));
      assert.deepEqual([reply.status, reply.error], [401, 'invalid_token']);
    });

    it('is refused when no key binds it', async () => {
      gateway.introspectsAs({ cnf: undefined, token_type: 'Bearer' });
      const reply = await gateway.bound(await gateway.proof(await gateway.nonce()));
      assert.deepEqual([reply.status, reply.error], [401, 'invalid_token']);
    });
  });

  describe('threat 2: a recorded proof', () => {
    it('works once among 25 at the same time', async () => {
      const proof = await gateway.proof(await gateway.nonce());
      const replies = await Promise.all(Array.from({ length: 25 }, () => gateway.bound(proof)));
      assert.equal(replies.filter(({ status }) => status === 200).length, 1);
      assert.equal(replies.filter(({ error }) => error === 'invalid_dpop_proof').length, 24);
    });

    it('never works again, through its window and twice its window', async () => {
      const proof = await gateway.proof(await gateway.nonce());
      assert.equal((await gateway.bound(proof)).status, 200);
      for (const seconds of [1, 58]) {
        gateway.clock.advance(seconds);
        assert.equal((await gateway.bound(proof)).error, 'invalid_dpop_proof');
      }
      for (const seconds of [241, 10, 290, 20]) {
        gateway.clock.advance(seconds);
        assert.equal((await gateway.bound(proof)).status, 401);
      }
    });

    it('is refused after a restart, and at another node', async () => {
      const proof = await gateway.proof(await gateway.nonce());
      assert.equal((await gateway.bound(proof)).status, 200);
      await gateway.restart();
      assert.equal((await gateway.bound(proof)).error, 'use_dpop_nonce');
    });

    it('does not carry another token', async () => {
      const other = await GuardedServer.start(gateway.origin, gateway.clock);
      const reply = await gateway.bound(await gateway.proof(await gateway.nonce()), other.token);
      await other.close();
      assert.equal(reply.error, 'invalid_dpop_proof');
    });
  });

  it('threat 3: a proof minted two minutes ago fails, though its iat says now', async () => {
    const later = manualClock(gateway.clock.now() + 120_000);
    const claims = { method: 'GET', url: gateway.origin + target, accessToken: gateway.token };
    const nonce = await gateway.nonce();
    const minted = await createProof(
      gateway.key,
      { ...claims, nonce },
      { clock: later, random: systemRandom },
    );
    gateway.clock.advance(120);
    assert.equal((await gateway.bound(minted)).error, 'use_dpop_nonce');
  });

  describe('threat 4: a nonce', () => {
    it('left out or made up is asked for', async () => {
      for (const nonce of [undefined, '', 'made-up']) {
        assert.equal((await gateway.bound(await gateway.proof(nonce))).error, 'use_dpop_nonce');
      }
    });

    it('of another server under the same key is not ours', () => {
      const key = Buffer.alloc(32, 1);
      const [server, resource] = ['https://id.example', 'https://api.example/v1'].map((audience) =>
        createNonces({ key, audience, clock: gateway.clock }),
      );
      assert.equal(resource?.accepts(server?.current() ?? ''), false);
      assert.equal(resource?.accepts(resource.current()), true);
    });
  });

  describe('threat 5: a proof for another address', () => {
    it('fails, whatever Host and X-Forwarded-* say', async () => {
      const dpop = await gateway.proof(await gateway.nonce(), gateway.key, `http://evil.example${target}`);
      const forged = {
        host: 'evil.example',
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'http',
        forwarded: 'host=evil.example;proto=http',
      };
      const reply = await gateway.call({ ...forged, authorization: `DPoP ${gateway.token}`, dpop });
      assert.equal(reply.error, 'invalid_dpop_proof');
    });

    it('fails, when it was made for another path of ours', async () => {
      const elsewhere = `${gateway.origin}/v1/chat/completions`;
      const dpop = await gateway.proof(await gateway.nonce(), gateway.key, elsewhere);
      assert.equal((await gateway.bound(dpop)).error, 'invalid_dpop_proof');
    });

    it('fails, and so does a token made for another resource', async () => {
      gateway.introspectsAs({ aud: 'https://other.example/v1' });
      const reply = await gateway.bound(await gateway.proof(await gateway.nonce()));
      assert.deepEqual([reply.status, reply.error], [401, 'invalid_token']);
    });
  });

  it('threat 12: a proof over 4 kB and a jti over 128 characters are refused, though signed by the holder', async () => {
    const honest = await partsOf(gateway);
    for (const oversized of [{ padding: 'x'.repeat(4096) }, { jti: 'j'.repeat(129) }]) {
      const proof = await signedJwt(
        honest.header,
        { ...honest.claims, ...oversized },
        gateway.key.privateKey,
      );
      assert.equal((await gateway.bound(proof)).error, 'invalid_dpop_proof');
    }
    assert.equal(gateway.provider.questions.length, 0);
  });

  describe('threat 27: a JWT of another kind, signed by the holder, is no proof', () => {
    for (const change of [
      ...['JWT', 'at+jwt', 'logout+jwt', 'secevent+jwt', 'dbsc+jwt', undefined].map((typ) => ({ typ })),
      { crit: ['urn:example:unknown'], 'urn:example:unknown': 1 },
      { crit: ['b64'], b64: true },
      { alg: 'none' },
      { alg: 'HS256' },
    ]) {
      it(`with ${JSON.stringify(change)}`, async () => {
        const { header, claims } = await partsOf(gateway);
        const sign = (changes: object) =>
          signedJwt({ ...header, ...changes }, claims, gateway.key.privateKey);
        assert.equal((await gateway.bound(await sign(change))).error, 'invalid_dpop_proof');
        assert.equal((await gateway.bound(await sign({}))).status, 200);
      });
    }
  });

  it('threat 28: keys that a header points to are ignored, the one that signed counts', async () => {
    const { header, claims } = await partsOf(gateway);
    const tempting = { jku: 'https://evil.example/', x5u: 'https://evil.example/', kid: "' OR 1=1 --" };
    const thief = await generateProofKey();
    const forged = await signedJwt({ ...header, ...tempting }, claims, thief.privateKey);
    assert.equal((await gateway.bound(forged)).error, 'invalid_dpop_proof');
    const own = await signedJwt({ ...header, ...tempting }, claims, gateway.key.privateKey);
    assert.equal((await gateway.bound(own)).status, 200);
  });
});

/** Header and claims of an honest proof for this gateway now. */
async function partsOf(gateway: GuardedServer) {
  const { clock, origin, token, key } = gateway;
  const iat = Math.floor(clock.now() / 1000);
  const nonce = await gateway.nonce();
  return {
    header: { typ: 'dpop+jwt', alg: 'ES256', jwk: key.publicKey },
    claims: { jti: 'one', htm: 'GET', htu: origin + target, iat, ath: accessTokenHash(token), nonce },
  };
}
