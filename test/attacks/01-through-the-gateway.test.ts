import assert from 'node:assert/strict';
import { generateProofKey } from '../../src/proof/create-proof.js';
import { gatewayB } from '../support/clients.js';
import { Device, type Answer } from '../support/device.js';
import { craftProof, handMadeJwt, signedJwt } from '../support/hand-made-proof.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { revoke, signIn } from '../support/login.js';
import { atOnce } from '../support/parallel.js';
import { TwoWayGateway, ways, type Holder, type Way } from '../support/two-way-gateway.js';

const parallel = 25;
const seconds = () => Math.floor(Date.now() / 1000);

/*
 * What comes to a real gateway that asks the real provider: the same table in either mode of `holdfast/gateway`, at an
 * endpoint without a model and at a call of one.
 */
for (const mode of ['remote', 'local'] as const) {
  describe(`through holdfast/gateway in ${mode} mode`, () => {
    let holdfast: Holdfast;
    let gateway: TwoWayGateway;
    let holder: Holder;
    let device: Device;
    let refreshToken: string;
    let idToken: string;

    before(async () => {
      holdfast = await startHoldfast();
      gateway = await start();
      device = await Device.create(holdfast.clock);
      await renew();
    });
    afterEach(async () => {
      holdfast.clock.reset();
    });
    after(async () => {
      await gateway.close();
      await holdfast.close();
    });

    const start = (changes: Partial<Parameters<typeof TwoWayGateway.start>[0]> = {}) =>
      TwoWayGateway.start({ issuer: holdfast.issuer, clock: holdfast.clock, mode, ...changes });
    async function renew(): Promise<void> {
      const tokens = await signIn({ issuer: holdfast.issuer }, device);
      holder = { key: device.key, token: tokens.accessToken };
      ({ refreshToken, idToken } = tokens);
    }
    function refused({ status, body }: Answer, ...errors: string[]): void {
      assert.equal(status, 401, JSON.stringify(body));
      assert.ok(errors.includes(String(body['error'])), JSON.stringify(body));
      assert.equal(body['served'], undefined);
    }
    const badProof = 'invalid_dpop_proof';
    const badToken = 'invalid_token';
    const wantsNonce = 'use_dpop_nonce';

    for (const way of Object.keys(ways) as Way[]) {
      describe(`${ways[way].method} ${ways[way].path}`, () => {
        const good = async () => craftProof(holder.key, await gateway.claims(way, holder));
        const present = (dpop: string | string[], more: Record<string, string> = {}) =>
          gateway.present(way, holder.token, dpop, more);
        const withClaims = async (changes: Record<string, unknown>) => gateway.use(way, holder, changes);

        it('lets the holder of the key in, so that the rest means something', async () => {
          assert.deepEqual((await gateway.use(way, holder)).body, { served: true });
        });

        it('threat 1: a stolen token is refused as Bearer, without a proof, and with another key', async () => {
          const authorization = `Bearer ${holder.token}`;
          refused(await gateway.send(way, { authorization }), badToken);
          refused(await gateway.send(way, { authorization, dpop: await good() }), badToken);
          refused(await gateway.send(way, { authorization: `DPoP ${holder.token}` }), badProof);
          refused(await present([await good(), await good()]), badProof);
          const thief = await generateProofKey();
          refused(
            await present(await craftProof(thief, await gateway.claims(way, holder))),
            badToken,
            badProof,
          );
        });

        it(`threat 2: a proof works once among ${parallel}, then never, also at another process`, async () => {
          const proof = await good();
          const answers = await atOnce(parallel, () => present(proof));
          assert.equal(answers.filter(({ status }) => status === 200).length, 1);
          for (const answer of answers) if (answer.status !== 200) refused(answer, badProof);
          const other = await start();
          try {
            refused(await other.present(way, holder.token, proof), badProof, wantsNonce);
            holdfast.clock.advance(50);
            refused(await present(proof), badProof);
            refused(await other.present(way, holder.token, proof), badProof, wantsNonce);
          } finally {
            await other.close();
          }
        });

        it('threat 3: a proof that was made three minutes ago for now is refused', async () => {
          const claims = await gateway.claims(way, holder);
          const minted = await craftProof(holder.key, { ...claims, iat: seconds() + 180 });
          holdfast.clock.advance(180);
          refused(await present(minted), wantsNonce);
        });

        it('threat 4: a nonce that is missing, made up, or the provider’s own is asked for', async () => {
          await device.get(`${holdfast.issuer}/userinfo`, 'x');
          for (const nonce of [undefined, '', 'made-up', device.nonce]) {
            const answer = await withClaims({ nonce });
            refused(answer, wantsNonce);
            assert.equal((await withClaims({ nonce: answer.headers.get('dpop-nonce') })).status, 200);
          }
        });

        it('threat 5: a proof for another method, path or host is refused, whatever Host says', async () => {
          const { htu } = await gateway.claims(way, holder);
          const elsewhere = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' };
          for (const changes of [
            { htu: `http://evil.example${ways[way].path}` },
            { htu: `${String(htu)}/more` },
            { htu: `${gatewayB}v1/models` },
            { htm: 'DELETE' },
            { ath: undefined },
            { ath: 'A'.repeat(43) },
          ]) {
            const claims = { ...(await gateway.claims(way, holder)), ...changes };
            const forged = { host: 'evil.example', ...elsewhere };
            refused(await present(await craftProof(holder.key, claims), forged), badProof);
          }
          const other = await start({ resource: gatewayB, clientId: 'rs-b' });
          try {
            const answer = await other.present(way, holder.token, await good());
            refused(answer, badToken, badProof, wantsNonce);
          } finally {
            await other.close();
          }
        });

        it('threat 27: a JWT of another kind, or one that asks for less, is no proof', async () => {
          const claims = { jti: 'one', iat: seconds(), ...(await gateway.claims(way, holder)) };
          const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: { ...holder.key.publicKey } };
          for (const change of [
            ...['JWT', 'at+jwt', 'logout+jwt', 'secevent+jwt', 'dbsc+jwt', undefined].map((typ) => ({ typ })),
            { crit: ['urn:example:unknown'], 'urn:example:unknown': 1 },
            { crit: ['b64'], b64: false },
            { alg: 'none' },
            { alg: 'HS256' },
          ]) {
            refused(
              await present(await signedJwt({ ...header, ...change }, claims, holder.key.privateKey)),
              badProof,
            );
          }
          refused(await present(handMadeJwt({ ...header, alg: 'none' }, claims, '')), badProof);
          refused(await present(handMadeJwt(header, claims)), badProof);
        });

        it('threat 27: a token of another kind is no access token', async () => {
          const proof = await good();
          for (const token of [idToken, refreshToken, proof]) {
            refused(await gateway.use(way, { ...holder, token }), badToken);
          }
        });

        it('threat 28: keys that a header points to are ignored, the one that signed counts', async () => {
          const thief = await generateProofKey();
          const tempting = { jku: 'https://evil.example/', x5u: 'https://evil.example/', kid: `' OR 1=1 --` };
          const claims = async () => ({
            jti: crypto.randomUUID(),
            iat: seconds(),
            ...(await gateway.claims(way, holder)),
          });
          const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: { ...holder.key.publicKey }, ...tempting };
          refused(await present(await signedJwt(header, await claims(), thief.privateKey)), badProof);
          assert.equal(
            (await present(await signedJwt(header, await claims(), holder.key.privateKey))).status,
            200,
          );
        });

        it('threat 30: proofs and tokens that cost more than they should are refused', async () => {
          refused(await withClaims({ padding: 'x'.repeat(4096) }), badProof);
          refused(await withClaims({ jti: 'j'.repeat(129) }), badProof);
          const dpop = await good();
          refused(await gateway.present(way, 'x'.repeat(8193), dpop), badToken);
          const misspelt = holder.token.replace(/.$/, (last) => (last === 'x' ? 'y' : 'x'));
          refused(await gateway.present(way, misspelt, dpop), badToken);
        });

        it('threat 33: clocks may differ by ten seconds, not by a minute', async () => {
          for (const offset of [10, -60]) {
            assert.equal((await withClaims({ iat: seconds() + offset })).status, 200, String(offset));
          }
          for (const offset of [60, 315_360_000, -3600]) {
            refused(await withClaims({ iat: seconds() + offset }), badProof);
          }
        });

        it(`threat 32: of ${parallel} calls beside a revocation none that comes after it is let in`, async () => {
          await renew();
          assert.equal((await gateway.use(way, holder)).status, 200);
          const calls = atOnce(parallel, () => gateway.use(way, holder));
          await revoke(holdfast.issuer, refreshToken);
          const after = [gateway.use('call', holder), gateway.use('call', holder)];
          for (const { status } of await Promise.all(after)) assert.equal(status, 401);
          for (const { status } of await calls) assert.ok([200, 401].includes(status));
          // What local mode keeps of a token lasts until the feed has told it: the bound is published, and measured elsewhere.
          while ((await gateway.use(way, holder)).status === 200)
            assert.equal([mode, way].join(), 'local,list');
          await renew();
        });
      });
    }
  });
}
