import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { newAccessToken } from '../../src/lib/opaque-token.js';
import { systemRandom } from '../../src/lib/random.js';
import { machineGrant } from '../support/assertion-client.js';
import { secretOf } from '../support/clients.js';
import { basic, Device, postForm, type Answer } from '../support/device.js';
import { sharedStorage, startHoldfast, type Holdfast } from '../support/harness.js';
import { introspect, revoke, signIn } from '../support/login.js';
import { PasskeyDesk } from '../support/passkey-desk.js';
import { watchStorage, type StoreCall } from '../support/watched-storage.js';

/**
 * Time itself can't be measured on a busy machine so that a test would mean something. What is shown instead: which
 * comparisons are made of what, and which statements are run; where these are equal, so is the time.
 */
describe('threat 26: what the time of an answer tells', () => {
  let holdfast: Holdfast;
  let calls: StoreCall[];
  let device: Device;
  const stock = crypto.timingSafeEqual;
  /** Lengths of what was compared in constant time. */
  let compared: { readonly bytes: number; readonly plain: string }[] = [];

  before(async () => {
    const watched = watchStorage(await sharedStorage());
    ({ calls } = watched);
    holdfast = await startHoldfast({}, { storage: watched.storage });
    device = await Device.create();
    await device.get(`${holdfast.issuer}/userinfo`, 'x');
    for (const clientId of ['stored', 'other']) {
      const secret = crypto.createHash('sha256').update(secretOf(clientId)).digest('hex');
      const metadata = {
        client_id: clientId,
        client_secret: `sha256:${secret}`,
        redirect_uris: [],
        grant_types: ['client_credentials'],
        response_types: [],
      };
      await holdfast.storage.clients.insert({
        clientId,
        source: 'database',
        metadata,
        createdAt: new Date(),
      });
    }
    crypto.timingSafeEqual = (a, b) => {
      const [one, other] = [a, b].map((each) => Buffer.from(each as Uint8Array).toString('latin1'));
      compared.push({ bytes: a.byteLength, plain: `${one} ${other}` });
      return stock(a, b);
    };
    syncBuiltinESMExports();
  });
  after(async () => {
    crypto.timingSafeEqual = stock;
    syncBuiltinESMExports();
    await holdfast.close();
  });
  beforeEach(() => {
    compared = [];
    calls.length = 0;
  });

  async function authenticate(clientId: string, secret: string): Promise<Answer> {
    const url = `${holdfast.issuer}/token`;
    const headers = basic(clientId, secret);
    return postForm({ url, form: machineGrant, headers }, await device.proof('POST', url));
  }

  const right = secretOf('service');
  const secrets: Record<string, string> = {
    right,
    'wrong in the first character': `X${right.slice(1)}`,
    'wrong in the last character': `${right.slice(0, -1)}X`,
    'one character long': 'x',
    'a thousand characters long': 'x'.repeat(1000),
  };
  for (const [what, secret] of Object.entries(secrets)) {
    it(`is the same for a client secret that is ${what}: digests of one length, compared in constant time`, async () => {
      const { status } = await authenticate('service', secret);
      assert.equal(status, secret === right ? 200 : 401);
      const digests = compared.filter(({ plain }) => plain.startsWith('sha256:'));
      // What is wrong is compared on the lane and once more on the long way, which has the words for it: always twice.
      assert.equal(digests.length, secret === right ? 1 : 2);
      for (const { bytes, plain } of digests) {
        assert.equal(bytes, 'sha256:'.length + 64);
        assert.ok(!plain.includes(secret), 'the secret itself was compared');
      }
    });
  }

  it('is that of the same look-ups for a client that there is and for one that there is not', async () => {
    const asked: string[][] = [];
    for (const [clientId, secret] of [
      ['stored', 'wrong'],
      ['nobody', 'wrong'],
    ] as const) {
      calls.length = 0;
      const { status, body } = await authenticate(clientId, secret);
      assert.deepEqual([status, body['error']], [401, 'invalid_client']);
      asked.push(calls.map(({ name }) => name).filter((name) => name.startsWith('clients.')));
    }
    assert.deepEqual(asked[0], asked[1]);
    assert.ok((asked[0]?.length ?? 0) > 0);
  });

  it('tells nothing of a token or code: it is looked up by its digest, never compared with another', async () => {
    const { issuer } = holdfast;
    const tokens = await signIn({ issuer });
    await introspect(issuer, tokens.accessToken);
    const secrets = [tokens.accessToken, tokens.refreshToken, tokens.login.code];
    for (const secret of secrets) {
      assert.ok(!calls.some(({ asked }) => asked.includes(secret)), 'the database was asked for a secret');
      assert.ok(!compared.some(({ plain }) => plain.includes(secret)), 'a secret was compared');
    }
  });

  it('is that of one statement for a token that is alive, foreign, dead or unknown', async () => {
    const { issuer } = holdfast;
    const { accessToken } = await signIn({ issuer });
    const unknown = newAccessToken(systemRandom, Date.now() / 1000 + 300);
    const { accessToken: dead } = await signIn({ issuer });
    await revoke(issuer, dead);
    const kinds: [string, string][] = [
      [dead, 'rs-a'],
      [accessToken, 'rs-a'],
      [accessToken, 'rs-b'],
      [unknown, 'rs-a'],
    ];
    for (const [token, asker] of kinds) {
      calls.length = 0;
      await introspect(issuer, token, asker);
      assert.deepEqual(
        calls.map(({ name }) => name),
        ['introspections.ask'],
      );
    }
  });

  it('is that of the same statements and one verification for a passkey that nobody has', async () => {
    const [desk, elsewhere] = [new PasskeyDesk(), new PasskeyDesk()];
    const [known, stranger] = [desk.authenticator(), desk.authenticator()];
    await desk.register(known);
    await elsewhere.register(stranger);
    const work: { statements: string[]; verifications: number }[] = [];
    const { subtle } = globalThis.crypto;
    for (const authenticator of [known, stranger]) {
      const answer = authenticator.assert(await desk.signIn.begin('one'));
      desk.stores.asked.length = 0;
      let verifications = 0;
      const verify = subtle.verify.bind(subtle);
      subtle.verify = (...parameters) => {
        verifications += 1;
        return verify(...parameters);
      };
      try {
        await desk.signIn.finish('one', answer);
      } finally {
        subtle.verify = verify;
      }
      work.push({ statements: desk.stores.asked.map(String), verifications });
    }
    assert.deepEqual(work[0]?.verifications, work[1]?.verifications);
    assert.equal(work[1]?.verifications, 1);
    const [ours = [], theirs = []] = work.map(({ statements }) => statements);
    assert.deepEqual(theirs, ours);
  });
});
