import assert from 'node:assert/strict';
import { UpstreamClient } from '../../src/accounts/upstream-client.js';
import { FakeUpstream, someone, type Crooked } from '../support/fake-upstream.js';
import type { Holdfast } from '../support/harness.js';
import { unique } from '../support/records.js';
import { holdfastWith, UpstreamVisitor } from '../support/upstream-visitor.js';
import type { Visit } from '../support/visitor.js';

/*
 * Threat 9 with us as the client: who runs one provider, or stands before it, wants the code that another one gave, or
 * wants his own person to come in as one of another provider (RFC 9700 §4.4, RFC 9207).
 */
describe('two upstream providers mixed up', () => {
  let honest: FakeUpstream;
  let evil: FakeUpstream;
  let holdfast: Holdfast;
  before(async () => {
    [honest, evil] = [await FakeUpstream.open('honest'), await FakeUpstream.open('evil')];
    holdfast = await holdfastWith(honest, evil);
  });
  after(async () => {
    await holdfast.close();
    await honest.close();
    await evil.close();
  });

  function rejected(person: UpstreamVisitor, page: Visit): void {
    assert.equal(page.status, 403, page.text.slice(0, 300));
    assert.match(page.text, /That sign-in didn’t work/);
    assert.equal(person.signedIn, false);
  }

  async function answered(crooked: Crooked): Promise<{ person: UpstreamVisitor; page: Visit }> {
    const person = new UpstreamVisitor(holdfast.issuer);
    const question = await person.begin(await person.arrive(), 'honest');
    const page = await person.comeBack(honest.answer(question, someone(unique('mix')), crooked));
    return { person, page };
  }

  it('gives each a redirect URI of its own', async () => {
    const person = new UpstreamVisitor(holdfast.issuer);
    const page = await person.arrive();
    const uris = await Promise.all(
      ['honest', 'evil'].map(async (id) =>
        new URL(await person.begin(page, id)).searchParams.get('redirect_uri'),
      ),
    );
    assert.equal(new Set(uris).size, 2);
  });

  it('brings the code of one to nobody at the redirect URI of the other', async () => {
    const person = new UpstreamVisitor(holdfast.issuer);
    const question = await person.begin(await person.arrive(), 'honest');
    const answer = honest.answer(question, someone(unique('mix')), { parameters: { iss: evil.issuer } });
    const [atHonest, atEvil] = [honest.tokenRequests.length, evil.tokenRequests.length];
    rejected(person, await person.comeBack(answer.replace('/upstream/honest/', '/upstream/evil/')));
    assert.deepEqual([honest.tokenRequests.length, evil.tokenRequests.length], [atHonest, atEvil]);
  });

  it('takes no answer with the issuer of another, and redeems no code of it', async () => {
    const before = honest.tokenRequests.length;
    const { person, page } = await answered({ parameters: { iss: evil.issuer } });
    rejected(person, page);
    assert.equal(honest.tokenRequests.length, before);
  });

  it('takes no answer without issuer from a provider that always names itself', async () => {
    const before = honest.tokenRequests.length;
    const { person, page } = await answered({ parameters: { iss: undefined } });
    rejected(person, page);
    assert.equal(honest.tokenRequests.length, before);
  });

  it('takes no error either that another one may have sent', async () => {
    const person = new UpstreamVisitor(holdfast.issuer);
    const question = await person.begin(await person.arrive(), 'honest');
    const denied = new URL(honest.refuse(question, 'access_denied'));
    denied.searchParams.set('iss', evil.issuer);
    rejected(person, await person.comeBack(denied.href));
  });

  it('knows a person by provider and subject together', async () => {
    const claims = someone(unique('same'));
    const person = new UpstreamVisitor(holdfast.issuer);
    await person.create(await person.goThrough(honest, claims));
    const twin = new UpstreamVisitor(holdfast.issuer);
    const page = await twin.goThrough(evil, { ...claims, email: `${unique('twin')}@example.test` });
    assert.match(page.text, /Create an account with Evil\?/);
    assert.equal(twin.signedIn, false);
  });

  it('takes no metadata that stand for the people of any tenant', async () => {
    const issuer = 'https://login.microsoftonline.com/common/v2.0';
    const metadata = {
      issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0',
      authorization_endpoint: 'https://login.microsoftonline.com/common/oauth2/v2.0/authorize',
    };
    const fetch = async () => Response.json(metadata);
    const client = new UpstreamClient({ fetch, clock: holdfast.clock });
    const [entry] = holdfast.config.upstream_providers;
    assert.ok(entry);
    const wish = { redirectUri: 'https://us.test', state: 's', nonce: 'n', verifier: 'v', maxAge: undefined };
    const result = await client.authorizationUrl({ ...entry, issuer }, wish);
    assert.equal(result.ok ? 'accepted' : result.refusal.code, 'upstream_rejected');
  });

  it('follows no metadata to an address that is no web page over TLS', async () => {
    const fetch = async () =>
      Response.json({
        issuer: 'https://up.test',
        authorization_endpoint: 'javascript:alert(document.cookie)//',
      });
    const client = new UpstreamClient({ fetch, clock: holdfast.clock });
    const [entry] = holdfast.config.upstream_providers;
    assert.ok(entry);
    const wish = { redirectUri: 'https://us.test', state: 's', nonce: 'n', verifier: 'v', maxAge: undefined };
    const result = await client.authorizationUrl({ ...entry, issuer: 'https://up.test' }, wish);
    assert.ok(!result.ok, 'the browser would be sent there');
  });

  it('does not believe a provider that calls itself by the name of another', async () => {
    const liar = await FakeUpstream.open('liar');
    liar.metadata = { issuer: honest.issuer };
    const other = await holdfastWith(liar);
    try {
      const person = new UpstreamVisitor(other.issuer);
      const page = await person.press(await person.arrive(), 'liar');
      assert.equal(page.status, 403, page.text.slice(0, 300));
      assert.equal(page.headers.get('refresh'), null);
    } finally {
      await other.close();
      await liar.close();
    }
  });
});
