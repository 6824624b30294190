import assert from 'node:assert/strict';
import { secretOf } from '../support/clients.js';
import { basic, type Answer } from '../support/device.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { atOnce } from '../support/parallel.js';
import { sendAsIs } from '../support/raw-request.js';
import { unique } from '../support/records.js';

describe('POST /usage', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast();
  });
  after(() => holdfast.close());

  const callId = () =>
    `call_${unique('usage')
      .replaceAll(/[^0-9A-Za-z]/g, '')
      .padEnd(22, '0')
      .slice(-22)}`;
  const report = (changes: object = {}) => ({
    call_id: callId(),
    input_tokens: 12,
    output_tokens: 340,
    cost: 1234,
    outcome: 'completed',
    finished_at: '2026-11-22T23:45:00.123+08:00',
    ...changes,
  });
  const send = (members: object, headers: Record<string, string> = basic('rs-a', secretOf('rs-a'))) =>
    sendAsIs(`${holdfast.issuer}/usage`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(members),
    });
  const statuses = ({ body }: Answer) =>
    (body['reports'] as { status: string }[]).map(({ status }) => status);

  it('is named by discovery', async () => {
    const { body } = await sendAsIs(`${holdfast.issuer}/.well-known/openid-configuration`);
    assert.equal(body['usage_endpoint'], `${holdfast.issuer}/usage`);
  });

  it('answers each report in order, and keeps what was said first', async () => {
    const [one, two] = [report(), report({ cost: undefined, outcome: 'aborted' })];
    const answer = await send({ reports: [one, two, { ...one, cost: 9 }] });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    assert.deepEqual(answer.body, {
      reports: [
        { call_id: one.call_id, status: 'recorded' },
        { call_id: two.call_id, status: 'recorded' },
        { call_id: one.call_id, status: 'duplicate' },
      ],
    });
    assert.deepEqual(statuses(await send({ reports: [two, report()] })), ['duplicate', 'recorded']);
    const kept = await holdfast.storage.usage.find('rs-a', one.call_id);
    assert.equal(kept?.report.cost, 1234);
    assert.equal(kept?.report.finishedAt.toISOString(), '2026-11-22T15:45:00.123Z');
  });

  it('counts a call once of twenty-five who report it at once', async () => {
    const once = report();
    const answers = await atOnce(25, () => send({ reports: [once] }));
    const all = answers.flatMap(statuses).toSorted();
    assert.deepEqual(all, [...Array<string>(24).fill('duplicate'), 'recorded']);
  });

  it('says which member of which report is wrong, and keeps none of such a batch', async () => {
    const good = report();
    const wrong: readonly (readonly [object, RegExp])[] = [
      [{ reports: [good, report({ cost: -1 })] }, /^reports\.1\.cost must not be negative/],
      [{ reports: [good, report({ cost: 0.5 })] }, /reports\.1\.cost must be a whole number/],
      [{ reports: [report({ call_id: 'mine' })] }, /call_id must be the call_id/],
      [{ reports: [report({ outcome: 'fine' })] }, /outcome must be one of completed, failed, aborted/],
      [{ reports: [report({ finished_at: 'today' })] }, /finished_at must be a time/],
      [{ reports: [report({ finished_at: '0000-01-01T00:00:00Z' })] }, /finished_at must be a time/],
      // A day later in UTC, in a year that PostgreSQL does not read.
      [{ reports: [report({ finished_at: '9999-12-31T23:59:59-23:59' })] }, /finished_at must be a time/],
      [{ reports: [report({ tokens: 3 })] }, /tokens is no member of reports\.0/],
      [{ reports: [], more: true }, /must not be empty|more is no member/],
      [{ reports: Array(1001).fill(1) }, /more than 1000|reports\.0/],
      [{}, /reports must be a list/],
    ];
    for (const [members, says] of wrong) {
      const answer = await send(members);
      assert.equal(answer.status, 400, JSON.stringify(members));
      assert.match(String(answer.body['error_description']), says);
    }
    assert.equal(await holdfast.storage.usage.find('rs-a', good.call_id), undefined);
  });

  it('is for authenticated resource servers alone', async () => {
    const members = { reports: [report()] };
    const wrongSecret = await send(members, basic('rs-a', 'guessed'));
    assert.equal(wrongSecret.status, 401);
    const job = await send(members, basic('service', secretOf('service')));
    assert.deepEqual([job.status, job.body['error']], [400, 'unauthorized_client']);
    const anybody = await send({ ...members, client_id: 'spa' }, {});
    assert.equal(anybody.status, 401);
  });

  it('names its refusals, so that the operator can look them up', async () => {
    const { body } = await send({ reports: [report({ cost: -1 })] });
    assert.equal(body['holdfast_code'], 'request_malformed');
    assert.match(String(body['request_id']), /^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/);
  });
});
