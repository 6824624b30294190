import { strict as assert } from 'node:assert';
import { DatabaseUnavailable } from '../../../src/lib/unavailable.js';
import { createLogger } from '../../../src/observability/logger.js';
import { createMetrics } from '../../../src/observability/metrics.js';
import { createRefusalLog } from '../../../src/observability/refusal-log.js';
import type { RecordedRefusal } from '../../../src/observability/refusal-store.js';

const request = { requestId: '7QK4-M2XD-91FA-HT3C', method: 'POST', path: '/token', clientId: 'cli' };
const clock = { now: () => 1_700_000_000_000 };

function setUp(capacity = 10) {
  const lines: string[] = [];
  const kept: RecordedRefusal[] = [];
  const state = { away: false };
  const metrics = createMetrics();
  const store = {
    record: async (batch: readonly RecordedRefusal[]) => {
      if (state.away) throw new DatabaseUnavailable(new Error('connect ECONNREFUSED'));
      kept.push(...batch);
    },
  };
  const logger = createLogger({ log_level: 'info' }, { write: (line) => lines.push(line) });
  const log = createRefusalLog({ store, logger, metrics, clock, capacity, flushEvery: 5 });
  return { lines, kept, state, metrics, log };
}

describe('the refusal log', () => {
  it('tells log, metrics and store of a refusal, with its code, detail and request id', async () => {
    const { lines, kept, metrics, log } = setUp();
    log.note({ code: 'proof_replayed', detail: 'jti seen before' }, request);
    await log.close();
    assert.deepEqual(kept, [
      { ...request, at: new Date(clock.now()), code: 'proof_replayed', detail: 'jti seen before' },
    ]);
    const line = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
    assert.equal(line['refusal'], 'proof_replayed');
    assert.equal(line['request_id'], request.requestId);
    assert.match(await metrics.render(), /holdfast_refusals_total\{code="proof_replayed"[^}]*\} 1/);
  });

  it('keeps no secret that slipped into a detail', async () => {
    const { lines, kept, log } = setUp();
    log.note({ code: 'grant_invalid', detail: 'hldf_rt_abcDEF123 was used' }, request);
    await log.close();
    assert.equal(kept[0]?.detail, '[token] was used');
    assert.ok(!lines.join('').includes('hldf_rt_'));
  });

  it('counts those that a limit refused, and does not fill the disk with them', async () => {
    const { lines, kept, metrics, log } = setUp();
    log.note({ code: 'rate_limited', detail: 'the budget is spent' }, request);
    await log.close();
    assert.deepEqual(kept, []);
    assert.equal(lines.length, 1);
    assert.match(await metrics.render(), /holdfast_refusals_total\{code="rate_limited"[^}]*\} 1/);
  });

  it('keeps nothing that a terminal would obey', async () => {
    const { kept, log } = setUp();
    const detail = 'https://x/\u001B[2J\u009B2J\r\n\u202Egpj';
    log.note(
      { code: 'resource_invalid', detail },
      { ...request, path: '/\u009B2J', clientId: 'c\u001B]0;x\u0007' },
    );
    await log.close();
    const { detail: told, path, clientId } = kept[0] ?? {};
    for (const text of [told, path, clientId]) assert.doesNotMatch(String(text), /[\p{Cc}\u202E]/u);
    assert.match(String(told), /^https:\/\/x\//);
  });

  it('writes by itself', async () => {
    const { kept, log } = setUp();
    log.note({ code: 'not_found' }, request);
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(kept.length, 1);
    await log.close();
  });

  it('keeps refusals while the database is away, and drops and counts what there is no room for', async () => {
    const { kept, state, metrics, log } = setUp(3);
    state.away = true;
    for (let count = 0; count < 5; count += 1) log.note({ code: 'not_found' }, request);
    await log.flush();
    assert.equal(kept.length, 0);
    state.away = false;
    await log.close();
    assert.equal(kept.length, 3);
    assert.match(await metrics.render(), /holdfast_refusals_dropped_total(\{[^}]*\})? 2/);
  });
});
