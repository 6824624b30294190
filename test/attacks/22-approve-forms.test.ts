import assert from 'node:assert/strict';
import { AccountVisitor, noHold } from '../support/account-visitor.js';
import { ApproveVisitor } from '../support/approve-visitor.js';
import { askElsewhere } from '../support/asked-elsewhere.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';

const addresses = ['', '/deny', '/not-me', '/options'];
const foreign: Record<string, Record<string, string>> = {
  Origin: { origin: 'https://evil.test' },
  'a null Origin': { origin: 'null' },
  'Sec-Fetch-Site cross-site': { 'sec-fetch-site': 'cross-site' },
  'Sec-Fetch-Site same-site': { 'sec-fetch-site': 'same-site' },
};

/*
 * Threat 22: another site posts the forms of a request from elsewhere (whoever asked knows its address). The cookies of
 * her browser go along here, as if SameSite did nothing.
 */
describe('threat 22: the forms of a request from elsewhere that somebody else posts', () => {
  let holdfast: Holdfast;
  let ada: AccountVisitor;
  before(async () => {
    holdfast = await startHoldfast(noHold);
    ada = await AccountVisitor.settled(holdfast);
  });
  after(() => holdfast.close());

  const victim = () => new ApproveVisitor(holdfast.issuer, ada.visitor);
  const ask = async () => askElsewhere(holdfast, await ada.accountId());
  const post = (
    { visitor }: ApproveVisitor,
    path: string,
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ) =>
    path.endsWith('/options')
      ? visitor.postJson(holdfast.issuer + path, fields, headers)
      : visitor.post(holdfast.issuer + path, fields, headers);

  for (const address of addresses) {
    it(`${address === '' ? 'approving' : address} refuses what comes from another site`, async () => {
      const asked = await ask();
      const fields = await victim().fields(asked);
      for (const [name, headers] of Object.entries(foreign)) {
        const answer = await post(victim(), asked.path + address, { ...fields, number: '47' }, headers);
        assert.equal(answer.status, 403, `${name}: ${answer.text}`);
      }
      assert.equal((await holdfast.storage.backchannelRequests.find(asked.id))?.state, 'pending');
    });

    it(`${address === '' ? 'approving' : address} refuses the token of another request or browser`, async () => {
      const asked = await ask();
      const own = await victim().fields(asked);
      const thiefs = await new ApproveVisitor(holdfast.issuer).fields(asked);
      const others = await victim().fields(await ask());
      for (const { csrf = '' } of [{ csrf: '' }, thiefs, { ...own, csrf: others['csrf'] ?? '' }]) {
        const answer = await post(victim(), asked.path + address, { ...own, csrf, number: '47' });
        assert.equal(answer.status, 403, answer.text);
      }
      // Nor in a browser that was told nothing.
      const bare = await post(new ApproveVisitor(holdfast.issuer), asked.path + address, own);
      assert.equal(bare.status, 403, bare.text);
      assert.equal((await holdfast.storage.backchannelRequests.find(asked.id))?.state, 'pending');
    });

    it(`${address === '' ? 'approving' : address} does nothing at a GET`, async () => {
      const asked = await ask();
      const fields = await victim().fields(asked);
      const assertion = await victim().assertion(asked, ada.authenticator, fields);
      const query = new URLSearchParams({ ...fields, assertion, number: asked.number, said: 'approved' });
      await ada.visitor.get(`${holdfast.issuer}${asked.path}${address}?${query}`);
      assert.equal((await holdfast.storage.backchannelRequests.find(asked.id))?.state, 'pending');
    });
  }
});
