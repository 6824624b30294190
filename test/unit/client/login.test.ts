import assert from 'node:assert/strict';
import { decodeJwt, UnsecuredJWT } from 'jose';
import {
  AuthorizationRefused,
  createBoundFetch,
  generateProofKey,
  Login,
  LoginRequired,
  memoryStore,
  oneAfterAnother,
  ProviderRefused,
  ProviderUnreachable,
  ProviderUntrusted,
  type CallChallenge,
  type LoginStore,
} from '../../../src/client/index.js';
import { keptLogin } from '../../support/kept-login.js';
import { manualClock } from '../../support/manual-clock.js';

const issuer = 'https://login.example';
const metadata = {
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  pushed_authorization_request_endpoint: `${issuer}/par`,
  authorization_response_iss_parameter_supported: true,
};

describe('the login of a client app', () => {
  const clock = manualClock();
  const forms: URLSearchParams[] = [];
  const proofs: string[] = [];
  let described: object;
  /** What the token endpoint does, one after the other; then it gives the next token. */
  let tokenAnswers: (() => Response | Promise<Response>)[];

  beforeEach(() => {
    forms.length = 0;
    proofs.length = 0;
    described = metadata;
    tokenAnswers = [];
  });

  const tokens = (more: object = {}) =>
    Response.json({
      access_token: `access-${forms.length}`,
      refresh_token: `refresh-${forms.length}`,
      token_type: 'DPoP',
      expires_in: 300,
      ...more,
    });
  const provider: typeof fetch = async (address, init) => {
    const url = String(address as string);
    if (url.endsWith('/openid-configuration')) return Response.json(described);
    forms.push(new URLSearchParams(await new Response(init?.body).text()));
    proofs.push(new Headers(init?.headers).get('dpop') ?? '');
    if (url.endsWith('/par')) return Response.json({ request_uri: 'urn:pushed' }, { status: 201 });
    return (tokenAnswers.shift() ?? tokens)();
  };
  const refusal = (error: string, description?: string) => () =>
    Response.json({ error, error_description: description }, { status: 400 });
  /** A login whose token has seconds to live. */
  const kept = (seconds: number, store: LoginStore = memoryStore()) =>
    keptLogin({
      store,
      clock,
      fetch: provider,
      tokens: { refreshToken: 'refresh-0', expiresAt: clock.now() + seconds * 1000 },
    });

  describe('renewing', () => {
    it('happens ahead of the end, once for however many ask, with the login’s own key', async () => {
      const login = await kept(60);
      assert.equal((await login.access()).token, 'token');
      clock.advance(50);
      const all = await Promise.all(Array.from({ length: 20 }, () => login.access()));
      assert.deepEqual(new Set(all.map(({ token }) => token)), new Set(['access-1']));
      assert.deepEqual(
        forms.map((form) => [form.get('grant_type'), form.get('refresh_token'), form.get('client_id')]),
        [['refresh_token', 'refresh-0', 'app']],
      );
    });

    it('happens once for all who share a store: tabs, processes', async () => {
      const store = memoryStore();
      const tabs = [await kept(5, store), await keptLoginOf(store), await keptLoginOf(store)];
      const all = await Promise.all(tabs.map((login) => login.access()));
      assert.deepEqual(new Set(all.map(({ token }) => token)), new Set(['access-1']));
      assert.equal(forms.length, 1);
    });

    it('asks again with the same refresh token when the reply is lost, and another proof', async () => {
      const login = await kept(5);
      tokenAnswers = [() => Promise.reject(new TypeError('fetch failed'))];
      assert.equal((await login.access()).token, 'access-2');
      assert.deepEqual(
        forms.map((form) => form.get('refresh_token')),
        ['refresh-0', 'refresh-0'],
      );
      assert.notEqual(decodeJwt(proofs[0] ?? '').jti, decodeJwt(proofs[1] ?? '').jti);
    });

    it('uses what still lives while the provider is away, and keeps the login', async () => {
      const login = await kept(5);
      const away = () => new Response('bad gateway', { status: 502 });
      tokenAnswers = [away, away, away, away];
      assert.equal((await login.access()).token, 'token');
      clock.advance(6);
      await assert.rejects(login.access(), ProviderUnreachable);
      assert.equal((await login.access()).token, 'access-5');
    });

    it('ends in LoginRequired when the provider refuses, and asks it no more', async () => {
      const login = await kept(5);
      tokenAnswers = [refusal('invalid_grant')];
      await assert.rejects(login.access(), LoginRequired);
      await assert.rejects(login.access(), LoginRequired);
      assert.equal(forms.length, 1);
      assert.equal((await login.current())?.tokens, undefined);
    });

    it('keeps the login when it was refused for another reason', async () => {
      const login = await kept(5);
      tokenAnswers = [refusal('invalid_client')];
      await assert.rejects(login.access(), ProviderRefused);
      assert.equal((await login.access()).token, 'access-2');
    });

    it('takes no token that is not bound', async () => {
      const login = await kept(5);
      tokenAnswers = [() => tokens({ token_type: 'Bearer' })];
      await assert.rejects(login.access(), ProviderUntrusted);
    });
  });

  /** Another tab, or another process. */
  function keptLoginOf(store: LoginStore): Promise<Login> {
    const at = { issuer, clientId: 'app', resource: 'https://api.example/', scope: 'model:call' };
    return Promise.resolve(new Login({ ...at, store, clock, fetch: provider }));
  }

  it('reads nothing of a store that holds another’s login', async () => {
    const store = memoryStore();
    await keptLogin({ store, issuer: 'https://another.example' });
    const login = await keptLoginOf(store);
    assert.equal(await login.current(), undefined);
    await assert.rejects(login.access(), LoginRequired);
  });

  describe('a call', () => {
    const challenge: CallChallenge = { kind: 'step_up', acrValues: ['strong'], maxAge: 60 };
    const wants =
      'DPoP error="insufficient_user_authentication", acr_values="strong", max_age="60", algs="ES256"';
    const refused = (header: string) =>
      new Response('', { status: 401, headers: { 'www-authenticate': header } });
    /** A resource that takes one token alone. */
    const resource =
      (good: string, header: string): typeof fetch =>
      async (address, init) => {
        if (!String(address as string).startsWith('https://api.example/')) return provider(address, init);
        const token = new Headers(init?.headers).get('authorization');
        return token === `DPoP ${good}` ? new Response(token) : refused(header);
      };

    it('is repeated once with a renewed token when the resource refuses the token', async () => {
      const options = { clock, tokens: { refreshToken: 'refresh-0' } };
      const invalid = 'DPoP error="invalid_token"';
      const good = await keptLogin({ ...options, fetch: resource('access-1', invalid) });
      const answers = await Promise.all(
        [1, 2, 3].map(() => createBoundFetch({ login: good })('https://api.example/')),
      );
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 200, 200],
      );
      assert.equal(forms.length, 1);
      const never = await keptLogin({ ...options, fetch: resource('none', invalid) });
      assert.equal((await createBoundFetch({ login: never })('https://api.example/')).status, 401);
      assert.equal(forms.length, 2);
    });

    it('waits for the person with others that want the same, and goes on with what she gave', async () => {
      const asked: CallChallenge[] = [];
      let allow = (): void => undefined;
      const allowed = new Promise<void>((resolve) => (allow = resolve));
      const login = await keptLogin({
        clock,
        fetch: resource('access-0', wants),
        onStepUp: async (wish, self) => {
          asked.push(wish);
          await allowed;
          await self.accept({ access_token: 'access-0', token_type: 'DPoP', expires_in: 300 });
        },
      });
      const send = createBoundFetch({ login });
      const aborted = new AbortController();
      const calls = [1, 2, 3].map(() => send('https://api.example/'));
      const impatient = send('https://api.example/', { signal: aborted.signal });
      while (asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
      aborted.abort();
      await assert.rejects(impatient, { name: 'AbortError' });
      allow();
      const answers = await Promise.all(calls);
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 200, 200],
      );
      assert.deepEqual(asked, [challenge]);
    });

    it('of another challenge waits for the first, and has her asked for its own', async () => {
      const asked: string[] = [];
      const strengths = ['strong', 'stronger'];
      // What each address wants is what the last step-up gave.
      const picky: typeof fetch = (address, init) => {
        const strength =
          String(address as string)
            .split('/')
            .at(-1) ?? '';
        return resource(strength, wants.replace('strong', strength))(address, init);
      };
      const login = await keptLogin({
        clock,
        fetch: picky,
        onStepUp: async ({ acrValues: [strength = ''] }, self) => {
          asked.push(strength);
          await self.accept({ access_token: strength, token_type: 'DPoP', expires_in: 300 });
        },
      });
      const send = createBoundFetch({ login });
      const answers = await Promise.all(strengths.map((strength) => send(`https://api.example/${strength}`)));
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 200],
      );
      // Which of the two comes first is up to the machine.
      assert.deepEqual(asked.toSorted(), strengths);
    });

    it('ends with the challenge when she says no, when nobody can ask her, and when it is not enough', async () => {
      let asked = 0;
      const hooks = [
        () => Promise.reject(new AuthorizationRefused('access_denied')),
        undefined,
        async (_: CallChallenge, self: Login) => {
          asked += 1;
          await self.accept({ access_token: 'weak', token_type: 'DPoP', expires_in: 300 });
        },
      ];
      for (const onStepUp of hooks) {
        const login = await keptLogin({
          clock,
          fetch: resource('none', wants),
          ...(onStepUp && { onStepUp }),
        });
        assert.equal((await createBoundFetch({ login })('https://api.example/')).status, 401);
      }
      assert.equal(asked, 1);
    });
  });

  describe('signing in', () => {
    const wish = { redirectUri: 'https://app.example/callback' };
    const idToken = (claims: object) => new UnsecuredJWT({ ...claims }).encode();
    async function depart() {
      const login = new Login({
        issuer,
        clientId: 'app',
        resource: 'https://api.example/',
        scope: 'openid model:call',
        store: { ...memoryStore(), exclusively: oneAfterAnother() },
        clock,
        fetch: provider,
      });
      const { address, departure } = await login.depart(wish);
      const back = (changes: Record<string, string> = {}) => {
        const url = new URL(wish.redirectUri);
        url.search = new URLSearchParams({
          code: 'c',
          state: departure.state,
          iss: issuer,
          ...changes,
        }).toString();
        return url;
      };
      const good = {
        iss: issuer,
        aud: 'app',
        exp: clock.now() / 1000 + 60,
        nonce: departure.nonce,
        sub: 'ada',
      };
      return { login, address, departure, back, good };
    }

    it('pushes what is asked for, bound to key and verifier, and takes the answer to it', async () => {
      const { login, address, departure, back, good } = await depart();
      assert.equal(address, `${issuer}/authorize?client_id=app&request_uri=urn%3Apushed`);
      const { jkt } = await login.key();
      assert.deepEqual([forms[0]?.get('dpop_jkt'), forms[0]?.get('code_challenge_method')], [jkt, 'S256']);
      tokenAnswers = [() => tokens({ id_token: idToken(good) })];
      await login.arrive(departure, back());
      assert.equal(forms[1]?.get('code_verifier'), departure.verifier);
      assert.equal((await login.access()).token, 'access-2');
    });

    it('asks at /authorize where nothing can be pushed', async () => {
      described = { ...metadata, pushed_authorization_request_endpoint: undefined };
      const { address, login } = await depart();
      assert.equal(new URL(address).searchParams.get('dpop_jkt'), (await login.key()).jkt);
    });

    for (const [what, changes] of Object.entries<Record<string, string>>({
      'another state': { state: 'x' },
      'another provider (RFC 9207)': { iss: 'https://evil.example' },
    })) {
      it(`takes no answer with ${what}`, async () => {
        const { login, departure, back } = await depart();
        await assert.rejects(login.arrive(departure, back(changes)), ProviderUntrusted);
        const silent = back(changes);
        if ('iss' in changes) silent.searchParams.delete('iss');
        await assert.rejects(login.arrive(departure, silent), ProviderUntrusted);
        assert.equal(forms.length, 1);
      });
    }

    for (const [claim, value] of Object.entries({
      nonce: 'x',
      aud: 'another',
      iss: 'https://evil.example',
      exp: 1,
    })) {
      it(`takes no ID token with another ${claim}`, async () => {
        const { login, departure, back, good } = await depart();
        tokenAnswers = [() => tokens({ id_token: idToken({ ...good, [claim]: value }) })];
        await assert.rejects(login.arrive(departure, back()), ProviderUntrusted);
        await assert.rejects(login.access(), LoginRequired);
      });
    }

    it('takes an approval of the person whose login it is alone', async () => {
      const { login, departure, back, good } = await depart();
      tokenAnswers = [() => tokens({ id_token: idToken(good) })];
      await login.arrive(departure, back());
      const before = (await login.access()).token;
      const challenge: CallChallenge = { kind: 'step_up', acrValues: ['strong'] };
      const asked = await login.depart({ ...wish, challenge });
      const answer = new URL(back());
      answer.searchParams.set('state', asked.departure.state);
      const claims = { ...good, nonce: asked.departure.nonce };
      tokenAnswers = [
        () => tokens({ id_token: idToken({ ...claims, sub: 'mallory' }) }),
        () => tokens({ id_token: idToken(claims) }),
      ];
      await assert.rejects(login.arrive(asked.departure, answer), { error: 'another_person' });
      assert.equal((await login.access()).token, before);
      await login.arrive(asked.departure, answer);
      assert.notEqual((await login.access()).token, before);
      // Who signs in anew may be anybody.
      const anew = await login.depart(wish);
      assert.equal(anew.departure.subject, undefined);
    });

    it('says what the provider said when she is refused', async () => {
      const { login, departure, back } = await depart();
      await assert.rejects(login.arrive(departure, back({ error: 'access_denied' })), {
        error: 'access_denied',
      });
    });

    it('trusts no metadata of another issuer, and no endpoint in the clear', async () => {
      for (const change of [
        { issuer: 'https://evil.example' },
        { token_endpoint: 'http://login.example/token' },
      ]) {
        described = { ...metadata, ...change };
        await assert.rejects(depart(), ProviderUntrusted);
      }
    });
  });

  it('makes one key for all who share a store', async () => {
    const store = memoryStore();
    const keys = await Promise.all(
      [keptLoginOf(store), keptLoginOf(store)].map(async (login) => (await login).key()),
    );
    assert.equal(keys[0]?.jkt, keys[1]?.jkt);
    assert.notEqual(keys[0]?.jkt, (await generateProofKey()).jkt);
  });
});
