import assert from 'node:assert/strict';
import { calendarDay, type CalendarDay } from '../../src/lib/calendar-day.js';
import type { ObservedCount } from '../../src/resource/observation.js';
import { onEveryDatabase } from '../support/databases.js';
import { atOnce } from '../support/parallel.js';
import { unique } from '../support/records.js';

const day = 86_400_000;

onEveryDatabase('the counts of what would be refused', (database) => {
  const store = () => database.storage.observations;
  const today = () => calendarDay(database.clock.now());
  const count = (changes: Partial<ObservedCount>): ObservedCount => ({
    day: today(),
    resource: 'https://models.example/',
    tier: 'premium',
    code: 'step_up_required',
    clientId: 'app',
    accountId: 'acc_1',
    calls: 1,
    ...changes,
  });
  const report = async (resource: string, since: CalendarDay = today()) =>
    (await store().report(since)).filter((line) => line.resource === resource);

  it('are summed by day, tier, code and client, and count each account once', async () => {
    const resource = unique('https://models.example/');
    await store().add([count({ resource, calls: 2 }), count({ resource, accountId: 'acc_2' })]);
    await store().add([
      count({ resource, calls: 3 }),
      count({ resource, calls: 4 }),
      count({ resource, accountId: undefined }),
      count({ resource, tier: undefined, clientId: undefined, accountId: undefined }),
      count({ resource, day: calendarDay(database.clock.now() - day) }),
    ]);
    const line = { day: today(), resource, code: 'step_up_required' };
    assert.deepEqual(await report(resource), [
      { ...line, tier: undefined, clientId: undefined, calls: 1, accounts: 0 },
      { ...line, tier: 'premium', clientId: 'app', calls: 11, accounts: 2 },
    ]);
    assert.equal((await report(resource, calendarDay(database.clock.now() - day))).length, 3);
  });

  it('lose nothing where many nodes add to the same', async () => {
    const resource = unique('https://models.example/');
    const counts = Array.from({ length: 20 }, (_, index) => count({ resource, accountId: `acc_${index}` }));
    await atOnce(20, (index) => store().add(index % 2 === 0 ? counts : counts.toReversed()));
    const [line] = await report(resource);
    assert.deepEqual([line?.calls, line?.accounts], [400, 20]);
  });

  it('are kept for 90 days', async () => {
    const resource = unique('https://models.example/');
    const ago = (days: number) => calendarDay(database.clock.now() - days * day);
    await store().add([count({ resource, day: ago(92) }), count({ resource, day: ago(89) })]);
    await database.storage.maintain();
    assert.deepEqual(
      (await report(resource, ago(100))).map((line) => line.day),
      [ago(89)],
    );
  });
});
