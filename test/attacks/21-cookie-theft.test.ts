import { strict as assert } from 'node:assert';
import type { AccountId } from '../../src/accounts/account.js';
import { decodeJwt } from 'jose';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { authorizeUrl, goThrough, introspect, pkce, refresh, signIn } from '../support/login.js';
import { PasskeyVisitor } from '../support/passkey-visitor.js';
import { formWith, Visitor } from '../support/visitor.js';
import { tapWire, type Exchange } from '../support/wiretap.js';

/*
 * Threat 21, as far as sessions go that no device key holds yet: how far a cookie gets, and what it is worth to whoever
 * took it.
 */
interface SetCookie {
  readonly name: string;
  readonly value: string;
  readonly attributes: ReadonlySet<string>;
}

function cookiesSet(exchanges: readonly Exchange[]): SetCookie[] {
  return exchanges
    .flatMap(({ received }) => received.getSetCookie())
    .map((line) => {
      const [pair = '', ...attributes] = line.split(/; ?/);
      const split = pair.indexOf('=');
      const lower = attributes.map((each) => each.toLowerCase());
      return { name: pair.slice(0, split), value: pair.slice(split + 1), attributes: new Set(lower) };
    });
}

/** Everything that a browser is given from the first page to the signed-out one. */
async function wholeVisit(issuer: string, server: string): Promise<Exchange[]> {
  const tap = tapWire();
  try {
    const visitor = new Visitor();
    const headers = { origin: issuer };
    const here = (address: string) => address.replace(issuer, server);
    const follow = async (location: string | undefined): Promise<string> => {
      if (location === undefined || !location.startsWith(server)) return location ?? '';
      const page = await visitor.get(location);
      if (page.location !== undefined) return follow(here(page.location));
      const field = page.text.includes('name="acr"') ? 'acr' : 'csrf';
      const { action, fields } = formWith(page, field);
      const answer = await visitor.post(here(action), { ...fields, login: 'ada', acr: '' }, headers);
      return follow(answer.location && here(answer.location));
    };
    const end = await follow(here(authorizeUrl({ issuer }, pkce().challenge)));
    assert.match(end, /code=/, end);
    const page = await visitor.get(`${server}/logout`);
    const { action, fields } = formWith(page, 'logout');
    await visitor.post(here(action), fields, headers);
  } finally {
    tap.stop();
  }
  return tap.exchanges;
}

describe('threat 21: the cookies of a sign-in', () => {
  const servers: Record<string, { cookies: SetCookie[]; exchanges: Exchange[] }> = {};

  before(async () => {
    for (const scheme of ['https', 'http']) {
      // Behind a proxy that ends TLS; the database is shared, and with it the RP ID.
      const holdfast = await startHoldfast(scheme === 'https' ? { issuer: 'https://id.localhost' } : {});
      const server = `http://localhost:${holdfast.config.port}`;
      const exchanges = await wholeVisit(holdfast.issuer, server);
      servers[scheme] = { cookies: cookiesSet(exchanges), exchanges };
      await holdfast.close();
    }
  });

  for (const scheme of ['https', 'http']) {
    const cookies = () => servers[scheme]?.cookies ?? [];

    it(`are out of reach of scripts and of other sites' posts, on ${scheme}`, () => {
      const names = new Set(cookies().map(({ name }) => name));
      assert.ok(names.size >= 6, [...names].join(' '));
      const loose = cookies().filter(
        ({ attributes }) => !attributes.has('httponly') || !attributes.has('samesite=lax'),
      );
      assert.deepEqual(loose, []);
    });

    it(`are for one host alone, on ${scheme}`, () => {
      const wide = cookies().filter(({ attributes }) =>
        [...attributes].some((each) => each.startsWith('domain')),
      );
      assert.deepEqual(wide, []);
    });

    it(`are signed, each one, on ${scheme}`, () => {
      const given = cookies().filter(({ value }) => value !== '');
      const names = new Set(given.map(({ name }) => name));
      // The one is a MAC itself, the other a random secret that opens nothing.
      const unsigned = /^(__Host-)?holdfast_(finished|browser)$/;
      for (const name of names) {
        if (!name.endsWith('.sig') && !unsigned.test(name)) assert.ok(names.has(`${name}.sig`), name);
      }
    });

    it(`are random where they open something: 128 bits or more, on ${scheme}`, () => {
      const opening = cookies().filter(({ name, value }) => value !== '' && !name.endsWith('.sig'));
      assert.ok(opening.length >= 3);
      for (const { name, value } of opening) assert.match(value, /^[\w-]{21,}/, name);
    });

    it(`never stand in a page or an address, on ${scheme}`, () => {
      const sessions = cookies().filter(({ name, value }) => /session/.test(name) && value !== '');
      assert.ok(sessions.length >= 2);
      for (const { body, url, received } of servers[scheme]?.exchanges ?? []) {
        for (const { value } of sessions) {
          assert.ok(!body.includes(value) && !url.includes(value), url);
          assert.ok(!(received.get('location') ?? '').includes(value), url);
        }
      }
    });
  }

  it('travel over TLS alone where the issuer is https', () => {
    const cookies = servers['https']?.cookies ?? [];
    assert.deepEqual(
      cookies.filter(({ attributes }) => !attributes.has('secure')),
      [],
    );
  });

  it('hold the session under a name that no other host can plant, where the issuer is https', () => {
    const cookies = servers['https']?.cookies ?? [];
    const sessions = cookies.filter(({ name }) => name.includes('session'));
    assert.ok(sessions.length >= 2);
    for (const { name, attributes } of sessions) {
      assert.match(name, /^__Host-holdfast_session(\.sig)?$/);
      assert.ok(attributes.has('path=/'), name);
    }
  });
});

describe('threat 21: a session cookie', () => {
  let holdfast: Holdfast;
  before(async () => {
    // What ends unused sessions, and those that no device holds, is tried elsewhere (threat 20).
    holdfast = await startHoldfast({
      lifetimes: { session_idle: 86_400 },
      sessions: { unbound: 10 * 86_400 },
    });
  });
  after(() => holdfast.close());
  afterEach(() => holdfast.clock.reset());

  const name = 'holdfast_session';
  const again = () => authorizeUrl({ issuer: holdfast.issuer, parameters: { prompt: '' } }, pkce().challenge);

  /** Whether a browser with these cookies is let through without a sign-in. */
  async function isSignedIn(cookies: Record<string, string>): Promise<boolean> {
    const visitor = new Visitor();
    for (const [key, value] of Object.entries(cookies)) visitor.cookies.set(key, { value, path: '/' });
    const page = await visitor.follow(await visitor.get(again()));
    assert.ok(page.status < 400, page.text);
    return !page.text.includes('Sign in with a passkey');
  }

  async function signedIn(login = 'ada'): Promise<Record<string, string>> {
    const visitor = new Visitor();
    await goThrough(visitor, authorizeUrl({ issuer: holdfast.issuer }, pkce().challenge), login);
    return copyOf(visitor);
  }

  const copyOf = (visitor: Visitor) =>
    Object.fromEntries([name, `${name}.sig`].map((key) => [key, visitor.cookies.get(key)?.value ?? '']));

  it('is worth a session as long as nothing is done about it', async () => {
    assert.equal(await isSignedIn(await signedIn()), true);
  });

  it('without its signature, or with that of another one, is worth nothing', async () => {
    const [own, other] = [await signedIn('ada'), await signedIn('grace')];
    assert.equal(await isSignedIn({ [name]: own[name] ?? '' }), false);
    assert.equal(
      await isSignedIn({ [name]: own[name] ?? '', [`${name}.sig`]: other[`${name}.sig`] ?? '' }),
      false,
    );
    assert.equal(await isSignedIn({ [name]: own[name] ?? '', [`${name}.sig`]: 'A'.repeat(27) }), false);
  });

  it('is worth nothing once the session has reached its end', async () => {
    const own = await signedIn();
    // Used in between, so that it has not ended by being idle.
    holdfast.clock.advance(43_200);
    assert.equal(await isSignedIn(own), true);
    holdfast.clock.advance(43_200 + 1);
    assert.equal(await isSignedIn(own), false);
  });

  it('does not live longer by being used', async () => {
    const own = await signedIn();
    for (const _visit of [1, 2, 3]) {
      holdfast.clock.advance(7 * 3600);
      assert.equal(await isSignedIn(own), true);
    }
    holdfast.clock.advance(3 * 3600 + 60);
    assert.equal(await isSignedIn(own), false);
  });

  it('is worth nothing once the account is disabled, and neither is what hung on it', async () => {
    const { issuer, storage, clock } = holdfast;
    const tokens = await signIn({ issuer, login: 'victim', scope: 'openid model:call' });
    const cookies = copyOf(tokens.login.visitor);
    assert.equal(await isSignedIn(cookies), true);
    const subject = decodeJwt(tokens.idToken).sub as AccountId;
    assert.equal(await storage.accounts.disable(subject, new Date(clock.now())), true);
    assert.equal(await isSignedIn(cookies), false);
    assert.equal((await introspect(issuer, tokens.accessToken)).body['active'], false);
    assert.equal((await refresh(issuer, tokens.refreshToken, tokens.device)).status, 400);
  });

  it('is worth nothing on the thief’s side once the owner has signed out', async () => {
    const visitor = new Visitor();
    await goThrough(visitor, authorizeUrl({ issuer: holdfast.issuer }, pkce().challenge), 'ada');
    const stolen = copyOf(visitor);
    const { action, fields } = formWith(await visitor.get(`${holdfast.issuer}/logout`), 'logout');
    await visitor.post(action, fields);
    assert.equal(await isSignedIn(stolen), false);
  });

  it('gives no tokens by itself: what it gets is bound to no key of the victim’s', async () => {
    const stolen = await signedIn();
    const visitor = new Visitor();
    for (const [key, value] of Object.entries(stolen)) visitor.cookies.set(key, { value, path: '/' });
    const silent = authorizeUrl(
      { issuer: holdfast.issuer, parameters: { prompt: 'none' } },
      pkce().challenge,
    );
    const end = await visitor.get(silent);
    // The code goes to the client's registered address, not to the thief.
    assert.match(end.location ?? '', /^https:\/\/app\.test\/callback\?/);
  });

  it('of a passkey login carries on for that login alone: a fresh one is asked for where it is demanded', async () => {
    const person = new PasskeyVisitor(holdfast.issuer);
    await person.signUp(await person.arrive());
    const stolen = copyOf(person.visitor);
    const visitor = new Visitor();
    for (const [key, value] of Object.entries(stolen)) visitor.cookies.set(key, { value, path: '/' });
    holdfast.clock.advance(120);
    const url = authorizeUrl({ issuer: holdfast.issuer, parameters: { max_age: '60' } }, pkce().challenge);
    const page = (await visitor.follow(await visitor.get(url))).text;
    assert.match(page, /Confirm it’s you/);
    assert.match(page, /data-passkey="sign-in"/);
  });
});
