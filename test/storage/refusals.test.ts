import assert from 'node:assert/strict';
import type { RecordedRefusal } from '../../src/observability/refusal-store.js';
import { onEveryDatabase } from '../support/databases.js';
import { unique } from '../support/records.js';

onEveryDatabase('the refusal store', (database) => {
  const refusals = () => database.storage.refusals;
  const refusal = (requestId: string, changes: Partial<RecordedRefusal> = {}): RecordedRefusal => ({
    requestId,
    at: new Date(database.clock.now()),
    code: 'proof_replayed',
    detail: 'the jti was seen before',
    method: 'POST',
    path: '/token',
    clientId: 'app',
    ...changes,
  });

  it('records many at once and finds those of one request, in order', async () => {
    const request = unique('request');
    const later = new Date(database.clock.now() + 86_400_000);
    const first = refusal(request);
    const second = refusal(request, {
      at: later,
      code: 'grant_invalid',
      detail: undefined,
      clientId: undefined,
    });
    await refusals().record([second, first, refusal(unique('request'))]);
    assert.deepEqual(await refusals().find(request), [first, second]);
  });

  it('records the same refusal once', async () => {
    const request = unique('request');
    await refusals().record([refusal(request), refusal(request)]);
    assert.equal((await refusals().find(request)).length, 1);
  });

  it('takes what a stranger sends, whatever its bytes', async () => {
    const request = unique('request');
    await refusals().record([refusal(request, { path: '/a\0b', detail: '{"\\\0', clientId: '\0' })]);
    assert.equal((await refusals().find(request))[0]?.path, '/a\u{FFFD}b');
    assert.deepEqual(await refusals().find('a\0b'), []);
  });

  it('has nothing to do for nothing', async () => {
    await refusals().record([]);
    assert.deepEqual(await refusals().find(unique('request')), []);
  });

  it('keeps a refusal for seven days', async () => {
    const request = unique('request');
    await refusals().record([refusal(request)]);
    database.clock.advance(7 * 86_400);
    await database.storage.maintain();
    assert.equal((await refusals().find(request)).length, 1);
    database.clock.advance(2 * 86_400);
    await database.storage.maintain();
    assert.deepEqual(await refusals().find(request), []);
  });
});
