import assert from 'node:assert/strict';
import { AccountVisitor, noHold } from '../support/account-visitor.js';
import { ApproveVisitor, headingOf, readable } from '../support/approve-visitor.js';
import { askElsewhere, type AskedElsewhere } from '../support/asked-elsewhere.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { atOnce } from '../support/parallel.js';

/*
 * Threat 15: somebody asks in her name and hopes that she approves what she did not begin. She can't: the number is on a
 * screen that she does not see.
 */
describe('threat 15: a request that she did not begin', () => {
  let holdfast: Holdfast;
  let ada: AccountVisitor;
  before(async () => {
    holdfast = await startHoldfast(noHold);
    ada = await AccountVisitor.settled(holdfast);
  });
  after(() => holdfast.close());

  const person = () => new ApproveVisitor(holdfast.issuer);
  const ask = async () => askElsewhere(holdfast, await ada.accountId());
  const stateOf = async ({ id }: AskedElsewhere) =>
    (await holdfast.storage.backchannelRequests.find(id))?.state;
  const approvals = async () => (await holdfast.storage.approvals.everyOf(await ada.accountId())).length;

  it('is not approved without the number, however good her passkey is, and keeps no approval', async () => {
    const asked = await ask();
    const before = await approvals();
    for (const number of ['', asked.wrong]) {
      const page = await person().approve(asked, ada.authenticator, number);
      assert.match(page.text, /That is another number/);
    }
    assert.equal(await stateOf(asked), 'pending');
    assert.equal(await approvals(), before);
    assert.ok(!readable(await person().look(asked)).includes(asked.number));
  });

  it('ends at the third wrong number; the right one comes too late then', async () => {
    const asked = await ask();
    const left = [];
    for (let tries = 0; tries < 3; tries += 1) {
      const page = await person().approve(asked, ada.authenticator, asked.wrong);
      left.push(/One try is left|2 tries are left|third wrong number/.exec(page.text)?.[0]);
    }
    assert.deepEqual(left, ['2 tries are left', 'One try is left', 'third wrong number']);
    assert.equal(await stateOf(asked), 'denied');
    const late = await ask();
    const fields = await person().fields(late);
    assert.ok(fields['csrf']);
    assert.equal(
      headingOf(await person().look(asked)),
      'That was the third wrong number. Nothing was spent.',
    );
  });

  it('has three tries, however many come at once', async () => {
    const asked = await ask();
    const each = person();
    const fields = await each.fields(asked);
    const assertion = await each.assertion(asked, ada.authenticator, fields);
    await atOnce(20, (index) => each.send(asked, { ...fields, assertion, number: String(50 + index) }));
    const request = await holdfast.storage.backchannelRequests.find(asked.id);
    assert.deepEqual([request?.state, request?.wrongNumbers], ['denied', 3]);
  });

  it('can’t be made to cost her what an app has by who knows the link alone', async () => {
    const first = await ask();
    await person().approve(first, ada.authenticator);
    const grantsOf = async () => (await holdfast.storage.grants.listOf(await ada.accountId())).length;
    const grants = await grantsOf();
    const asked = await ask();
    assert.equal(headingOf(await person().answer(asked, 'not-me')), 'We stopped it. Nothing was spent.');
    assert.equal(await grantsOf(), grants);
    assert.ok(holdfast.log.some((line) => line.includes('backchannel_disowned') && line.includes(asked.id)));
  });
});
