import assert from 'node:assert/strict';
import { importPeople } from '../../src/admin/account-import-command.js';
import { readPeople, type PeopleFormat } from '../../src/admin/people-file.js';
import type { Outcome } from '../../src/admin/outcome.js';
import { adminDesk } from '../support/admin-desk.js';
import { Device } from '../support/device.js';
import { exchange, holdfastTrusting } from '../support/exchange-desk.js';
import { FakeIssuer } from '../support/fake-issuer.js';
import type { Holdfast } from '../support/harness.js';
import { introspect } from '../support/login.js';
import { unique } from '../support/records.js';

describe('holdfast account import', () => {
  let source: FakeIssuer;
  let holdfast: Holdfast;
  let desk: ReturnType<typeof adminDesk>;
  before(async () => {
    source = await FakeIssuer.open();
    holdfast = await holdfastTrusting([source.entry({ accounts: 'imported_only' })]);
    desk = adminDesk(holdfast);
  });
  after(async () => {
    await holdfast.close();
    await source.close();
  });

  /** As a file is read: in pieces that end anywhere. */
  async function* pieces(text: string) {
    for (let at = 0; at < text.length; at += 7) yield text.slice(at, at + 7);
  }
  const bring = (text: string, { format = 'csv' as PeopleFormat, dryRun = false } = {}): Promise<Outcome> =>
    importPeople(readPeople(pieces(text), format), dryRun, (input) => desk.run('account import', input));
  const head = 'sub,issuer,issuer_sub,email,email_verified,name\r\n';
  const find = (id: string) => holdfast.storage.accounts.find(id as never);
  function person() {
    const [sub, there, email] = [unique('user|'), unique('there'), `${unique('ada')}@example.test`];
    return {
      sub,
      there,
      email,
      row: `${sub},${source.issuer},${there},${email},true,"Lovelace, ""Ada"""\r\n`,
    };
  }
  const resultOf = (outcome: Outcome) => {
    assert.ok(outcome.ok, outcome.ok ? '' : outcome.message);
    return outcome.result as Record<string, unknown>;
  };

  it('keeps the sub, which exchanged tokens then have', async () => {
    const { sub, there, email, row } = person();
    const { made, linked } = resultOf(await bring(`\uFEFF${head}${row}`));
    assert.deepEqual([made, linked], [1, 0]);
    const account = await find(sub);
    assert.deepEqual([account?.email, account?.displayName], [email, 'Lovelace, "Ada"']);
    const device = await Device.create(holdfast.clock);
    const { body } = await exchange(holdfast.issuer, device, await source.sign({ sub: there }));
    const token = body['access_token'] as string;
    assert.equal((await introspect(holdfast.issuer, token, 'rs-a')).body['sub'], sub);
  });

  it('changes nothing the second time, and adds a second login of a person', async () => {
    const { sub, row } = person();
    await bring(head + row);
    const again = resultOf(await bring(head + row));
    assert.deepEqual([again['made'], again['linked'], again['unchanged']], [0, 0, 1]);
    const other = JSON.stringify({ sub, issuer: source.issuer, issuer_sub: unique('there') });
    const added = resultOf(await bring(`${other}\n\n`, { format: 'jsonl' }));
    assert.deepEqual([added['made'], added['linked']], [0, 1]);
  });

  it('changes nothing in a dry run, and says the same', async () => {
    const { sub, row } = person();
    assert.equal(resultOf(await bring(head + row, { dryRun: true }))['made'], 1);
    assert.equal(await find(sub), undefined);
  });

  it('says of each line what is wrong, and lets nobody of its batch in', async () => {
    const [good, known, twin] = [person(), person(), person()];
    await bring(head + known.row);
    const bad: readonly [string, RegExp][] = [
      [`${'x'.repeat(65)},${source.issuer},a,,,\n`, /sub must be/],
      [`,${source.issuer},a,,,\n`, /sub must be/],
      [`${unique('u')},https://evil.test,a,,,\n`, /issuer is none/],
      [`${unique('u')},${source.issuer},,,,\n`, /issuer_sub must be/],
      [`${unique('u')},${source.issuer},a,no address,true,\n`, /no e-mail address/],
      [`${unique('u')},${source.issuer},a,,yes,\n`, /email_verified must be/],
      [`${unique('u')},${source.issuer},${known.there},,,\n`, /belong to user\|/],
      [
        `${unique('u')},${source.issuer},${unique('t')},${known.email.toUpperCase()},true,\n`,
        /address belongs to/,
      ],
      [`${unique('u')},${source.issuer},${twin.there},,,\n`, /belong to user\|/],
      [`a,b,c,d,e,f,g\n`, /there is no column column 7/],
    ];
    const outcome = await bring(head + good.row + twin.row + bad.map(([row]) => row).join(''));
    assert.ok(!outcome.ok);
    const told = outcome.message.split('\n').slice(1);
    assert.equal(told.length, bad.length, outcome.message);
    bad.forEach(([, words], index) => {
      assert.match(told[index] ?? '', words);
      assert.match(told[index] ?? '', new RegExp(`^line ${index + 4}: `));
    });
    assert.equal(await find(good.sub), undefined);
  });

  it('goes on with the batches that are right', async () => {
    const early = Array.from({ length: 500 }, person);
    const late = person();
    const outcome = await bring(`${head}${early.map(({ row }) => row).join('')}${late.row}x\n`);
    assert.ok(!outcome.ok);
    assert.match(outcome.message, /^Of 502 lines 500 accounts were made/);
    assert.ok(await find(early[499]?.sub ?? ''));
    assert.equal(await find(late.sub), undefined);
  });

  it('keeps no address that nobody vouches for', async () => {
    const [sub, email] = [unique('user'), `${unique('x')}@example.test`];
    await bring(`${head}${sub},${source.issuer},${unique('t')},${email},false,\n`);
    assert.deepEqual([(await find(sub))?.email, (await find(sub))?.displayName], [undefined, '']);
  });
});
