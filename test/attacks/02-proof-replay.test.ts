import assert from 'node:assert/strict';
import { accessTokenHash } from '../../src/proof/thumbprint.js';
import { basic, Device, postForm, type Answer } from '../support/device.js';
import { callback, gatewayA, secretOf } from '../support/clients.js';
import { craftProof } from '../support/hand-made-proof.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { logIn, pkce, signIn, type Login, type Tokens } from '../support/login.js';
import { atOnce } from '../support/parallel.js';
import { sendAsIs } from '../support/raw-request.js';
import { eventsDuring } from '../support/security-events.js';

const parallel = 25;
const service = basic('service', secretOf('service'));
const web = basic('web', secretOf('web'));

/** A proof that was seen on its way, brought again to where it was meant for. */
describe('threat 2: proof replay', () => {
  let holdfast: Holdfast;
  let device: Device;
  let identity: Tokens;

  before(async () => {
    holdfast = await startHoldfast();
    identity = await signIn({ issuer: holdfast.issuer, resource: undefined, scope: 'openid' });
    device = identity.device;
  });
  afterEach(() => holdfast.clock.reset());
  after(() => holdfast.close());

  /** The endpoints that take proofs, each with a request that succeeds as often as its proof is fresh. */
  const uses: Record<string, (proof: string) => Promise<Answer>> = {
    '/token': (proof) => {
      const form = { grant_type: 'client_credentials', resource: gatewayA, scope: 'model:call' };
      return postForm({ url: `${holdfast.issuer}/token`, form, headers: service }, proof);
    },
    '/par': (proof) => {
      const { challenge } = pkce();
      const pushed = { response_type: 'code', code_challenge: challenge, code_challenge_method: 'S256' };
      const form = { ...pushed, client_id: 'web', scope: 'openid', redirect_uri: callback };
      return postForm({ url: `${holdfast.issuer}/par`, form, headers: web }, proof);
    },
    '/userinfo': (dpop) => {
      const headers = { authorization: `DPoP ${identity.accessToken}`, dpop };
      return sendAsIs(`${holdfast.issuer}/userinfo`, { headers });
    },
    '/revoke': (proof) =>
      postForm({ url: `${holdfast.issuer}/revoke`, form: { token: 'unknown' }, headers: web }, proof),
  };

  async function proofFor(path: string, claims: Record<string, unknown> = {}): Promise<string> {
    const [htm, ath] = path === '/userinfo' ? ['GET', accessTokenHash(identity.accessToken)] : ['POST'];
    const nonce = await nonceOf(holdfast.issuer, device);
    return craftProof(device.key, { htm, ath, htu: holdfast.issuer + path, nonce, ...claims });
  }

  const succeeded = ({ status }: Answer) => status === 200 || status === 201;

  function refused(answer: Answer): void {
    assert.ok(answer.status === 400 || answer.status === 401, `${answer.status}`);
    assert.equal(answer.body['holdfast_code'], 'proof_replayed', JSON.stringify(answer.body));
    assert.equal(answer.body['access_token'] ?? answer.body['request_uri'] ?? answer.body['sub'], undefined);
  }

  for (const [path, use] of Object.entries(uses)) {
    it(`is refused at ${path} after the first use`, async () => {
      const proof = await proofFor(path);
      assert.ok(succeeded(await use(proof)));
      refused(await use(proof));
      refused(await use(proof));
    });

    it(`succeeds once among ${parallel} at the same time at ${path}`, async () => {
      const proof = await proofFor(path);
      const answers = await atOnce(parallel, () => use(proof));
      assert.equal(answers.filter(succeeded).length, 1);
      for (const answer of answers.filter((each) => !succeeded(each))) refused(answer);
    });
  }

  it('succeeds once among codes that are redeemed with it at the same time', async () => {
    const logins = await atOnce(3, () => logIn({ issuer: holdfast.issuer, login: 'ada' }));
    const proof = await proofFor('/token');
    const answers = await Promise.all(logins.map((login) => redeemWith(login, proof)));
    assert.equal(answers.filter(succeeded).length, 1);
    for (const answer of answers.filter((each) => !succeeded(each))) refused(answer);
  });

  it('succeeds once among refreshes', async () => {
    const { issuer } = holdfast;
    const families = [await signIn({ issuer }, device), await signIn({ issuer, login: 'grace' }, device)];
    const proof = await proofFor('/token');
    const answers = await Promise.all(
      families.map(({ refreshToken }) => {
        const form = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: 'spa' };
        return postForm({ url: `${issuer}/token`, form }, proof);
      }),
    );
    assert.deepEqual(
      answers.map(({ status }) => status).sort((a, b) => a - b),
      [200, 400],
    );
  });

  for (const [first, second] of [
    ['plain', 'odd'],
    ['odd', 'plain'],
  ] as const) {
    it(`is one use, whichever way through the token endpoint it takes: ${first}, then ${second}`, async () => {
      // What oidc-provider ignores makes a request odd, and odd requests take another way than plain ones.
      const send = (kind: 'plain' | 'odd', proof: string) => {
        const form = {
          grant_type: 'client_credentials',
          resource: gatewayA,
          ...(kind === 'odd' && { odd: '1' }),
        };
        return postForm({ url: `${holdfast.issuer}/token`, form, headers: service }, proof);
      };
      const proof = await proofFor('/token');
      assert.ok(succeeded(await send(first, proof)));
      refused(await send(second, proof));
    });
  }

  it('is a use even where what it was for is refused', async () => {
    const proof = await proofFor('/token');
    const login = await logIn({ issuer: holdfast.issuer });
    const wrong = await redeemWith({ ...login, verifier: 'x'.repeat(43) }, proof);
    assert.equal(wrong.body['error'], 'invalid_grant');
    refused(await redeemWith(login, proof));
    assert.equal((await redeemWith(login, await proofFor('/token'))).status, 200);
  });

  it('tells of proof_replayed', async () => {
    const proof = await proofFor('/token');
    await uses['/token']?.(proof);
    const events = await eventsDuring(holdfast, 'proof_replayed', async () => uses['/token']?.(proof));
    assert.deepEqual(
      events.map(({ clientId }) => clientId),
      ['service'],
    );
  });

  it('is refused for as long as its nonce lives', async () => {
    const proof = await proofFor('/token', { iat: seconds() + 10 });
    assert.ok(succeeded((await uses['/token']?.(proof)) as Answer));
    for (const _ of [1, 2, 3]) {
      holdfast.clock.advance(59);
      refused((await uses['/token']?.(proof)) as Answer);
    }
  });

  it('is refused at the very end of its window and through twice its window', async () => {
    const proof = await proofFor('/token', { iat: seconds() + 10 });
    assert.ok(succeeded((await uses['/token']?.(proof)) as Answer));
    for (const step of [295, 10, 10, 100, 100, 100, 20]) {
      holdfast.clock.advance(step);
      const answer = (await uses['/token']?.(proof)) as Answer;
      assert.equal(answer.status, 400);
    }
  });

  async function redeemWith({ code, verifier }: Login, proof: string): Promise<Answer> {
    const form = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: callback };
    return postForm({ url: `${holdfast.issuer}/token`, form: { ...form, client_id: 'spa' } }, proof);
  }
});

/** Without nonces only the memory of proofs stands between a replay and a token, so it must outlive the window. */
describe('threat 2: proof replay where no nonce is demanded', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast({ dpop: { require_nonce: false } });
  });
  afterEach(() => holdfast.clock.reset());
  after(() => holdfast.close());

  it('is refused 305 s later, when a proof from the future is still in its window', async () => {
    const { key } = await Device.create();
    const url = `${holdfast.issuer}/token`;
    const form = { grant_type: 'client_credentials', resource: gatewayA, scope: 'model:call' };
    const use = (proof: string) => postForm({ url, form, headers: service }, proof);
    const claims = { htu: url, iat: seconds() + 10 };
    const [used, unused] = [await craftProof(key, claims), await craftProof(key, claims)];
    assert.equal((await use(used)).status, 200);
    holdfast.clock.advance(305);
    assert.equal((await use(used)).body['holdfast_code'], 'proof_replayed');
    assert.equal((await use(unused)).status, 200);
    holdfast.clock.advance(10);
    for (const step of [0, 100, 200]) {
      holdfast.clock.advance(step);
      assert.equal((await use(used)).body['holdfast_code'], 'proof_out_of_window');
    }
  });
});

const seconds = () => Math.floor(Date.now() / 1000);

/** The nonce that the server hands out now, whatever the device knows. */
async function nonceOf(issuer: string, { key }: Device): Promise<string> {
  const url = `${issuer}/token`;
  const form = { grant_type: 'client_credentials' };
  const answer = await postForm({ url, form, headers: service }, await craftProof(key, { htu: url }));
  return answer.headers.get('dpop-nonce') ?? '';
}
