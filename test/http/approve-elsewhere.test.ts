import assert from 'node:assert/strict';
import { AccountVisitor, noHold } from '../support/account-visitor.js';
import { askElsewhere } from '../support/asked-elsewhere.js';
import { ApproveVisitor, headingOf, readable } from '../support/approve-visitor.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';

describe('a request from elsewhere', () => {
  let holdfast: Holdfast;
  let ada: AccountVisitor;
  before(async () => {
    holdfast = await startHoldfast(noHold);
    ada = await AccountVisitor.settled(holdfast);
  });
  afterEach(() => holdfast.clock.reset());
  after(() => holdfast.close());

  const ask = async (changes = {}) => askElsewhere(holdfast, await ada.accountId(), changes);
  const stranger = () => new ApproveVisitor(holdfast.issuer);
  const owner = () => new ApproveVisitor(holdfast.issuer, ada.visitor);
  const found = async (id: Parameters<typeof holdfast.storage.backchannelRequests.find>[0]) => {
    const request = await holdfast.storage.backchannelRequests.find(id);
    assert.ok(request);
    return request;
  };

  it('says what is asked, by whom and from where, and never the number', async () => {
    const page = await stranger().look(await ask());
    for (const shown of [
      '$2.00',
      'Frontier',
      'Research agent',
      'Chrome on macOS',
      'Hong Kong',
      'kelp',
      'W4SCT-9',
    ])
      assert.ok(page.text.includes(shown), shown);
    assert.ok(!readable(page).includes('47'));
    const { headers } = page;
    assert.equal(headers.get('referrer-policy'), 'no-referrer');
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.match(headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/);
  });

  for (const [how, who] of [
    ['signed in', owner],
    ['signed out', stranger],
  ] as const) {
    it(`is approved ${how}, by one assertion that becomes the approval`, async () => {
      const asked = await ask();
      const page = await who().approve(asked, ada.authenticator);
      assert.equal(headingOf(page), 'Approved. You can close this page.');
      const request = await found(asked.id);
      assert.equal(request.state, 'approved');
      const { result } = request;
      assert.equal(result?.acr, 'urn:holdfast:acr:phr');
      assert.ok(result.approvalId);
      const approval = await holdfast.storage.approvals.find(result.approvalId);
      const accountId = await ada.accountId();
      assert.deepEqual(approval?.subject.accountId, accountId);
      assert.equal(approval.subject.modelCall?.spendLimit, 2_000_000);
      assert.equal(approval.subject.boundTo, asked.id);
      assert.ok((await ada.history()).slice(0, 2).includes('calls_approved'));
      const [grant] = (await holdfast.storage.grants.listOf(accountId)).filter(
        ({ id }) => id === result.grantId,
      );
      assert.equal(grant?.clientId, 'cli');
      assert.equal(headingOf(await who().look(asked)), 'This was answered before. It was approved.');
    });
  }

  it('without a model call is a sign-in, and says what it lets the app do', async () => {
    const asked = await ask({ modelCall: undefined, scope: 'openid email' });
    assert.match(
      (await stranger().look(asked)).text,
      /Sign in on another device[\s\S]*It will be able to[\s\S]*e-mail/i,
    );
    await stranger().approve(asked, ada.authenticator);
    const { state, result } = await found(asked.id);
    assert.deepEqual([state, result?.approvalId], ['approved', undefined]);
  });

  it('is denied, and the page says by what it was answered before', async () => {
    const asked = await ask();
    assert.equal(headingOf(await stranger().answer(asked, 'deny')), 'Denied. Nothing was spent.');
    assert.equal(headingOf(await stranger().look(asked)), 'This was answered before. It was denied.');
    assert.equal((await found(asked.id)).endedBy, 'person');
  });

  it('expires', async () => {
    const asked = await ask();
    holdfast.clock.advance(300);
    assert.equal(headingOf(await stranger().look(asked)), 'This request is over. Nothing was spent.');
  });

  it('that leads to nothing is answered in words', async () => {
    for (const path of ['/approve/nonsense', `/approve/${'A'.repeat(26)}`, '/approve/bcr_unknown']) {
      const page = await owner().look({ path });
      assert.equal(page.status, 404, path);
      assert.match(page.text, /There is nothing to answer at this address/);
    }
  });

  it('waits at her account, and at nobody else’s', async () => {
    const asked = await ask();
    const mine = { path: `/approve/${asked.id}` };
    assert.ok((await ada.look()).text.includes(mine.path));
    assert.match((await owner().look(mine)).text, /Research agent/);
    const other = await AccountVisitor.signedIn(holdfast);
    assert.ok(!(await other.look()).text.includes('Waiting for your answer'));
    assert.equal((await new ApproveVisitor(holdfast.issuer, other.visitor).look(mine)).status, 404);
    assert.equal((await stranger().look(mine)).status, 404);
    const { path } = mine;
    assert.equal(
      headingOf(await owner().approve({ ...asked, path }, ada.authenticator)),
      'Approved. You can close this page.',
    );
  });

  it('that somebody else is signed in to is said not to be hers, and she can use the right passkey', async () => {
    const other = await AccountVisitor.signedIn(holdfast);
    const asked = await ask();
    const there = new ApproveVisitor(holdfast.issuer, other.visitor);
    assert.match((await there.look(asked)).text, /isn’t for the account you’re signed in to/);
    assert.equal(
      headingOf(await there.approve(asked, ada.authenticator)),
      'Approved. You can close this page.',
    );
  });

  it('says why she can’t approve, and still lets her deny', async () => {
    const held = await AccountVisitor.settled(holdfast);
    const id = await held.accountId();
    const at = new Date(holdfast.clock.now() + 3_600_000);
    await holdfast.storage.transaction.run(() => holdfast.storage.accounts.holdPaidTiers(id, at));
    const asked = await askElsewhere(holdfast, id);
    const there = new ApproveVisitor(holdfast.issuer, held.visitor);
    const page = await there.look(asked);
    assert.match(page.text, /Paid models open/);
    assert.ok(!page.text.includes('name="number"'));
    assert.match((await there.answer(asked, 'deny')).text, /Denied/);
  });

  it('that nobody asked for is stopped: the app loses all that she allowed it', async () => {
    const asked = await ask();
    await owner().approve(asked, ada.authenticator);
    const next = await ask();
    assert.equal(headingOf(await owner().answer(next, 'not-me')), 'We stopped it. Nothing was spent.');
    const grants = await holdfast.storage.grants.listOf(await ada.accountId());
    assert.deepEqual(
      grants.filter(({ clientId }) => clientId === 'cli'),
      [],
    );
    assert.equal((await found(next.id)).state, 'not_me');
  });
});
