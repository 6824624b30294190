import assert from 'node:assert/strict';
import { AccountVisitor, noHold } from '../support/account-visitor.js';
import { ApproveVisitor } from '../support/approve-visitor.js';
import { askElsewhere, type AskedElsewhere } from '../support/asked-elsewhere.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { atOnce } from '../support/parallel.js';

/*
 * Threat 19: an assertion that was made for something or by somebody else answers a request. Law 6: and what comes of it
 * tells nobody whose account the request is for, or whether there is one.
 */
describe('threat 19: the passkey at a request from elsewhere', () => {
  let holdfast: Holdfast;
  let ada: AccountVisitor;
  let mallory: AccountVisitor;
  before(async () => {
    holdfast = await startHoldfast(noHold);
    ada = await AccountVisitor.settled(holdfast);
    mallory = await AccountVisitor.settled(holdfast);
  });
  afterEach(() => holdfast.clock.reset());
  after(() => holdfast.close());

  const person = () => new ApproveVisitor(holdfast.issuer);
  const ask = async (changes = {}) => askElsewhere(holdfast, await ada.accountId(), changes);
  const stateOf = async ({ id }: AskedElsewhere) =>
    (await holdfast.storage.backchannelRequests.find(id))?.state;
  /** What a page says, without what differs at each showing. */
  const withoutRandom = (text: string) =>
    text
      .replace(/(name="csrf" value=")[^"]*/g, '$1')
      .replace(/(name="ends" value=")[^"]*/g, '$1')
      .replace(/\/approve\/[0-9A-Za-z]+/g, '')
      .replace(/<time[^>]*>[^<]*/g, '');

  it('of another account is refused, and just so where there is no account', async () => {
    const [real, phantom] = [await ask(), await askElsewhere(holdfast, undefined)];
    const said = [];
    for (const asked of [real, phantom]) {
      const fields = await person().fields(asked);
      assert.ok(fields);
      const page = await person().approve(asked, mallory.authenticator);
      assert.equal(await stateOf(asked), 'pending');
      said.push(withoutRandom(page.text));
    }
    assert.match(said[0] ?? '', /That passkey did not work/);
    assert.equal(said[0], said[1]);
  });

  it('is asked for alike, whoever the request is for', async () => {
    const shapes = [];
    for (const asked of [await ask(), await askElsewhere(holdfast, undefined)]) {
      for (const visitor of [person(), new ApproveVisitor(holdfast.issuer, mallory.visitor)]) {
        const options = await visitor.options(asked, await visitor.fields(asked));
        const { challenge, ...rest } = JSON.parse(options.text) as Record<string, unknown>;
        assert.equal(typeof challenge, 'string');
        shapes.push(rest);
      }
    }
    for (const shape of shapes) assert.deepEqual(shape, shapes[0]);
    assert.deepEqual((shapes[0] as { allowCredentials?: unknown[] }).allowCredentials ?? [], []);
  });

  it('tells a stranger nothing of an account that is held', async () => {
    const held = await AccountVisitor.settled(holdfast);
    const id = await held.accountId();
    const until = new Date(holdfast.clock.now() + 3_600_000);
    await holdfast.storage.transaction.run(() => holdfast.storage.accounts.holdPaidTiers(id, until));
    const page = await person().approve(await askElsewhere(holdfast, id), mallory.authenticator);
    const other = await person().approve(await ask(), mallory.authenticator);
    assert.equal(withoutRandom(page.text), withoutRandom(other.text));
    const own = await person().approve(await askElsewhere(holdfast, id), held.authenticator);
    assert.match(own.text, /recovered lately/);
  });

  it('that was asked for another request answers none', async () => {
    const [cheap, dear] = [await ask(), await ask()];
    const visitor = person();
    const fields = await visitor.fields(cheap);
    const assertion = await visitor.assertion(cheap, ada.authenticator, fields);
    const there = await visitor.fields(dear);
    const page = await visitor.send(dear, { ...there, number: dear.number, assertion });
    assert.match(page.text, /took too long or was used already/);
    assert.equal(await stateOf(dear), 'pending');
  });

  it('that was asked for another end answers none', async () => {
    const asked = await ask();
    const visitor = person();
    const fields = await visitor.fields(asked);
    const assertion = await visitor.assertion(asked, ada.authenticator, fields);
    holdfast.clock.advance(60);
    const later = await visitor.fields(asked);
    assert.notEqual(later['ends'], fields['ends']);
    const page = await visitor.send(asked, { ...later, number: asked.number, assertion });
    assert.match(page.text, /changed or ended meanwhile/);
    const forged = await visitor.send(asked, { ...fields, ends: later['ends'] ?? '', assertion });
    assert.equal(forged.status, 403);
    assert.equal(await stateOf(asked), 'pending');
  });

  it('is taken once, however often it comes', async () => {
    const asked = await ask();
    const visitor = person();
    const fields = await visitor.fields(asked);
    const assertion = await visitor.assertion(asked, ada.authenticator, fields);
    const before = await holdfast.storage.approvals.everyOf(await ada.accountId());
    const body = { ...fields, number: asked.number, assertion };
    await atOnce(20, () => visitor.send(asked, body));
    assert.equal(await stateOf(asked), 'approved');
    const after = await holdfast.storage.approvals.everyOf(await ada.accountId());
    assert.equal(after.length, before.length + 1);
  });
});
