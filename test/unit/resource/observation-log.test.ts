import assert from 'node:assert/strict';
import type { ObservedCall, ObservedCount } from '../../../src/resource/observation.js';
import { createObservationLog } from '../../../src/resource/observation-log.js';
import { manualClock } from '../../support/manual-clock.js';

const call = (accountId: string | undefined): ObservedCall => ({
  resource: 'https://models.example/',
  tier: 'premium',
  code: 'step_up_required',
  clientId: 'app',
  accountId,
});

/** A log whose writes fail for as long as `away` is set. */
function desk(capacity?: number) {
  const written: ObservedCount[] = [];
  const state = { away: false };
  const log = createObservationLog({
    clock: manualClock(),
    logger: { warn: () => {} },
    flushEvery: 1_000_000,
    ...(capacity !== undefined && { capacity }),
    store: {
      add: async (counts) => {
        await Promise.resolve();
        if (state.away) throw new Error('away');
        written.push(...counts);
      },
    },
  });
  const figures = () => written.map(({ accountId, calls }) => [accountId, calls]);
  return { log, state, figures };
}

describe('the log of what would be refused', () => {
  it('adds calls of one kind up before it writes them', async () => {
    const { log, figures } = desk();
    for (const account of ['ada', 'ada', 'bob', undefined]) log.note(call(account));
    await log.close();
    assert.deepEqual(figures(), [
      ['ada', 2],
      ['bob', 1],
      [undefined, 1],
    ]);
  });

  it('loses no call while the database is away, and counts none twice', async () => {
    const { log, state, figures } = desk();
    state.away = true;
    log.note(call('ada'));
    const flushed = log.flush();
    log.note(call('ada'));
    await flushed;
    state.away = false;
    await log.flush();
    await log.close();
    assert.deepEqual(figures(), [['ada', 2]]);
  });

  it('is bounded: beyond its capacity it counts calls, but not whose they are', async () => {
    const { log, figures } = desk(2);
    for (const account of ['ada', 'bob', 'eve', 'ada', 'mallory']) log.note(call(account));
    await log.close();
    assert.deepEqual(figures(), [
      ['ada', 2],
      ['bob', 1],
      [undefined, 2],
    ]);
  });
});
