import assert from 'node:assert/strict';
import { AccountVisitor, noHold } from '../support/account-visitor.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { type Visit, Visitor } from '../support/visitor.js';

const pages = ['', '/passkeys/new', '/email', '/recovery-codes', '/export', '/delete', '/activity'];

/** Threat 23: the account in another site's frame, and what another site can measure of who is signed in. */
describe('threat 23: the account, seen from another site', () => {
  let holdfast: Holdfast;
  let person: AccountVisitor;
  before(async () => {
    holdfast = await startHoldfast(noHold);
    person = await AccountVisitor.settled(holdfast);
  });
  after(() => holdfast.close());

  const assertShut = (visit: Visit) => {
    const policy = visit.headers.get('content-security-policy') ?? '';
    for (const directive of ["default-src 'none'", "frame-ancestors 'none'", "form-action 'self';"]) {
      assert.ok(policy.includes(directive), `${visit.url}: ${policy}`);
    }
    assert.equal(visit.headers.get('x-frame-options'), 'DENY');
    assert.equal(visit.headers.get('cross-origin-opener-policy'), 'same-origin');
    assert.equal(visit.headers.get('cross-origin-resource-policy'), 'same-origin');
    assert.equal(visit.headers.get('cache-control'), 'no-store');
    assert.equal(visit.headers.get('access-control-allow-origin'), null);
  };

  it('no page of it can be framed, opened beside a script, embedded or cached', async () => {
    for (const page of pages) {
      const visit = await person.get(`/account${page}`);
      assert.equal(visit.status, 200, page);
      assertShut(visit);
    }
    assertShut(await person.change('/account/recovery-codes', 'replace_recovery_codes'));
    const exported = await person.change('/account/export', 'export_data');
    assert.equal(exported.headers.get('cache-control'), 'no-store');
    assert.equal(exported.headers.get('cross-origin-resource-policy'), 'same-origin');
  });

  const probes: Record<string, Record<string, string>> = {
    'a link': { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    'an image': { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
    'a sibling host': { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate' },
  };
  for (const [name, headers] of Object.entries(probes)) {
    it(`answers ${name} byte for byte the same, whoever is signed in`, async () => {
      for (const page of [...pages, '/signed-in', '/locked', '/passkeys/unknown', '/nowhere']) {
        const known = await person.get(`/account${page}`, headers);
        const unknown = await new Visitor().get(`${holdfast.issuer}/account${page}`, headers);
        assert.equal(known.status, 200, page);
        assert.equal(known.status, unknown.status, page);
        assert.equal(known.text, unknown.text, page);
        const [one, other] = [known, unknown].map(({ headers: all }) =>
          [...all].filter(([header]) => !['date', 'x-request-id'].includes(header)),
        );
        assert.deepEqual(one, other, page);
      }
    });
  }

  it('lets the browser go on by itself, as a request of our own', async () => {
    const doorway = await person.get('/account/email', probes['a link'] ?? {});
    assert.equal(doorway.headers.get('refresh'), `0; url=${holdfast.issuer}/account/email`);
    assert.match(doorway.text, new RegExp(`href="${holdfast.issuer}/account/email"`));
    const own = await person.get('/account/email', { 'sec-fetch-site': 'same-origin' });
    assert.match(own.text, /New address/);
  });
});
