import assert from 'node:assert/strict';
import type { UsageReport } from '../../src/usage/usage-report.js';
import { onEveryDatabase } from '../support/databases.js';
import { atOnce } from '../support/parallel.js';
import { unique } from '../support/records.js';

onEveryDatabase('the usage store', (database) => {
  const usage = () => database.storage.usage;
  const now = () => new Date(database.clock.now());
  const report = (callId: string, changes: Partial<UsageReport> = {}): UsageReport => ({
    callId,
    inputTokens: 12,
    outputTokens: 340,
    cost: 2 ** 53 - 1,
    outcome: 'completed',
    finishedAt: now(),
    ...changes,
  });

  it('keeps what a resource server reports, also what says little', async () => {
    const [full, bare] = [unique('call'), unique('call')];
    const nothing = { inputTokens: undefined, outputTokens: undefined, cost: undefined };
    const reports = [report(full), report(bare, { ...nothing, outcome: 'aborted' })];
    assert.deepEqual(await usage().record('rs', reports, now()), new Set([full, bare]));
    assert.deepEqual(await usage().find('rs', full), { report: reports[0], receivedAt: now() });
    assert.deepEqual((await usage().find('rs', bare))?.report, reports[1]);
    assert.equal(await usage().find('rs', 'a\0b'), undefined);
  });

  it('keeps the first that is said of a call, and says which of a batch were new', async () => {
    const [known, fresh] = [unique('call'), unique('call')];
    await usage().record('rs', [report(known)], now());
    const again = [report(known, { cost: 1 }), report(fresh), report(fresh, { cost: 2 })];
    assert.deepEqual(await usage().record('rs', again, now()), new Set([fresh]));
    assert.equal((await usage().find('rs', known))?.report.cost, 2 ** 53 - 1);
    assert.equal((await usage().find('rs', fresh))?.report.cost, 2 ** 53 - 1);
  });

  it('keeps the calls of two resource servers apart', async () => {
    const call = unique('call');
    assert.equal((await usage().record('one', [report(call)], now())).size, 1);
    assert.equal((await usage().record('other', [report(call)], now())).size, 1);
  });

  it('records each call once of twenty-five overlapping batches at once, whatever their order', async () => {
    const calls = Array.from({ length: 50 }, () => unique('call'));
    const answers = await atOnce(25, (index) => {
      const batch = index % 2 === 0 ? calls : calls.toReversed();
      return usage().record(
        'racing',
        batch.map((call) => report(call)),
        now(),
      );
    });
    const recorded = answers.flatMap((answer) => [...answer]);
    assert.deepEqual(recorded.toSorted(), calls.toSorted());
  });

  it('knows a call for ninety days', async () => {
    const call = unique('call');
    await usage().record('rs', [report(call)], now());
    database.clock.advance(89 * 86_400);
    await database.storage.maintain();
    assert.ok(await usage().find('rs', call));
    database.clock.advance(2 * 86_400);
    await database.storage.maintain();
    assert.equal(await usage().find('rs', call), undefined);
  });
});
