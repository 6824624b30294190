import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { NotAnswered } from '../../../src/gateway/server-connection.js';
import { createUsageReporter } from '../../../src/gateway/usage-reporter.js';
import type { UsageOptions, UsageReport } from '../../../src/gateway/index.js';
import { systemRandom } from '../../../src/lib/random.js';
import { manualClock } from '../../support/manual-clock.js';
import { ManualTime } from '../../support/manual-time.js';
import { Notices } from '../../support/notices.js';

type Sent = readonly Readonly<Record<string, unknown>>[];

const done = (callId: string, more: Partial<UsageReport> = {}): UsageReport => ({
  callId,
  inputTokens: 3,
  outputTokens: 4,
  outcome: 'completed',
  ...more,
});
const refusal = new NotAnswered('/usage', 400, 'reports.0.call_id is wrong');

describe('the reporter of usage', () => {
  let time: ManualTime;
  let notices: Notices;
  /** The ids of each request. */
  let sent: unknown[][];
  let folder: string;
  let answer: (reports: Sent) => void;

  beforeEach(async () => {
    [time, notices, sent] = [new ManualTime(), new Notices(), []];
    folder = await mkdtemp(path.join(tmpdir(), 'usage-'));
    answer = () => {};
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  function reporter(usage: UsageOptions = {}) {
    const reportUsage = (reports: Sent) => {
      sent.push(reports.map(({ call_id: id }) => id));
      return new Promise<object>((resolve) => resolve((answer(reports), {}))) as Promise<never>;
    };
    const { timers } = time;
    const server = { reportUsage };
    const clock = manualClock();
    return createUsageReporter({
      usage,
      server,
      clock,
      timers,
      random: systemRandom,
      onNotice: notices.hear,
    });
  }
  const journal = () => path.join(folder, 'usage.ndjson');

  it('sends what came within a second together, as /usage takes it', async () => {
    const usage = reporter();
    answer = (reports) =>
      assert.deepEqual(reports[0], {
        call_id: 'one',
        input_tokens: 3,
        output_tokens: 4,
        cost: 9,
        outcome: 'completed',
        finished_at: '2026-06-01T12:00:00.000Z',
      });
    const fates = [
      usage.report(done('one', { cost: 9 })),
      usage.report({ callId: 'two', outcome: 'failed' }),
    ];
    await time.pass(999);
    assert.deepEqual(sent, []);
    await time.pass(1);
    assert.deepEqual(await Promise.all(fates), ['kept', 'kept']);
    assert.deepEqual(sent, [['one', 'two']]);
  });

  it('sends at once when a batch is full, and the rest after it', async () => {
    const usage = reporter({ batch: 2 });
    const fates = ['one', 'two', 'three'].map((id) => usage.report(done(id)));
    await usage.flush();
    assert.deepEqual(await Promise.all(fates), ['kept', 'kept', 'kept']);
    assert.deepEqual(sent, [['one', 'two'], ['three']]);
  });

  it('sends again until it is answered, later each time, and tells of the delay once', async () => {
    const usage = reporter();
    answer = () => {
      throw new NotAnswered('/usage', 503, undefined);
    };
    const fate = usage.report(done('one'));
    await time.pass(1000);
    await time.pass(500);
    assert.equal(sent.length, 2);
    await time.pass(499);
    assert.equal(sent.length, 2, 'the second pause is at least half a second');
    answer = () => {};
    await time.pass(501);
    assert.equal(await fate, 'kept');
    assert.deepEqual(sent, [['one'], ['one'], ['one']]);
    assert.deepEqual(
      notices.told.map(({ kind }) => kind),
      ['usage_delayed'],
    );
  });

  it('finds the one report that is refused, and loses no other by it', async () => {
    const usage = reporter();
    answer = (reports) => {
      if (reports.some(({ call_id: id }) => id === 'bad')) throw refusal;
    };
    const fates = ['one', 'two', 'bad', 'three', 'four'].map((id) => usage.report(done(id)));
    await usage.flush();
    assert.deepEqual(await Promise.all(fates), ['kept', 'kept', 'refused', 'kept', 'kept']);
    const [notice] = notices.told;
    assert.deepEqual([notices.told.length, notice?.kind], [1, 'usage_refused']);
  });

  it('takes no malformed report, and no more than it may keep, and says so', async () => {
    const usage = reporter({ capacity: 1 });
    for (const wrong of [{ inputTokens: -1 }, { outputTokens: 0.5 }, { cost: Number.NaN }, { callId: '' }]) {
      assert.equal(await usage.report(done('one', wrong)), 'refused');
    }
    const first = usage.report(done('one'));
    assert.equal(await usage.report(done('two')), 'lost');
    await usage.flush();
    assert.equal(await first, 'kept');
    assert.equal(notices.told.at(-1)?.kind, 'usage_lost');
  });

  it('sends what waits when it is closed, and tells what it could not send', async () => {
    const usage = reporter();
    const fate = usage.report(done('one'));
    await usage.close();
    assert.deepEqual([await fate, sent.length], ['kept', 1]);
    assert.equal(await usage.report(done('late')), 'lost');

    const failing = reporter({ closeMilliseconds: 400 });
    answer = () => {
      throw new NotAnswered('/usage', 503, undefined);
    };
    const lost = failing.report(done('two'));
    const closed = failing.close();
    await time.pass(0);
    await time.pass(500);
    await closed;
    assert.equal(await lost, 'lost');
    assert.equal(notices.told.at(-1)?.kind, 'usage_lost');
  });

  describe('with a journal', () => {
    it('keeps a report once it is on the disk, and whoever opens the file next sends it', async () => {
      answer = () => {
        throw new NotAnswered('/usage', 503, undefined);
      };
      const before = reporter({ journal: journal() });
      assert.deepEqual(await Promise.all(['one', 'two'].map((id) => before.report(done(id)))), [
        'kept',
        'kept',
      ]);
      // The process dies here: nothing is closed, and its last line is cut off.
      await writeFile(journal(), `${await readFile(journal(), 'utf8')}{"call_id":"thr`);

      answer = () => {};
      sent = [];
      const after = reporter({ journal: journal() });
      await after.flush();
      assert.deepEqual(sent, [['one', 'two']]);
      await after.close();
      assert.equal(await readFile(journal(), 'utf8'), '');
      await before.close();
    });

    it('keeps over a close what could not be sent', async () => {
      answer = () => {
        throw new NotAnswered('/usage', 503, undefined);
      };
      const usage = reporter({ journal: journal(), closeMilliseconds: 0 });
      await usage.report(done('one'));
      const closed = usage.close();
      await time.pass(1000);
      await closed;
      assert.match(await readFile(journal(), 'utf8'), /^\{"call_id":"one".*\}\n$/);
    });

    it('that can’t be written keeps nothing by itself: the report is safe when it is sent', async () => {
      const usage = reporter({ journal: path.join(folder, 'missing', 'usage.ndjson') });
      const fate = usage.report(done('one'));
      await notices.next('journal_failed');
      assert.deepEqual(sent, []);
      await usage.flush();
      assert.deepEqual([await fate, sent], ['kept', [['one']]]);
    });
  });
});
