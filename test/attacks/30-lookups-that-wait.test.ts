import assert from 'node:assert/strict';
import { newAccessToken } from '../../src/lib/opaque-token.js';
import { systemRandom } from '../../src/lib/random.js';
import { secretOf } from '../support/clients.js';
import { basic } from '../support/device.js';
import { sharedStorage, startHoldfast, type Holdfast } from '../support/harness.js';
import { deferred } from '../support/parallel.js';

/** Whoever asks faster than the database answers. */
describe('threat 30: lookups that wait', () => {
  let holdfast: Holdfast;
  before(async () => {
    holdfast = await startHoldfast({
      introspection: { waiting: 1 },
      limits: { introspections_per_minute_per_client: 8 },
    });
  });
  after(() => holdfast.close());

  const ask = async () => {
    const answer = await fetch(`${holdfast.issuer}/introspect`, {
      method: 'POST',
      headers: basic('rs-a', secretOf('rs-a')) as Record<string, string>,
      body: new URLSearchParams({ token: newAccessToken(systemRandom, holdfast.clock.now() / 1000 + 60) }),
    });
    const body = (await answer.json()) as { active?: boolean; error?: string; error_description?: string };
    return { status: answer.status, retryAfter: answer.headers.get('retry-after'), body };
  };

  it('are refused at once when there are too many, by the name of the limit', async () => {
    const { transaction } = await sharedStorage();
    const [held, release] = [deferred<undefined>(), deferred<undefined>()];
    // Embedded, the database has one connection.
    const holding = transaction.run(async () => {
      held.resolve(undefined);
      await release.promise;
    });
    await held.promise;
    const asked = Array.from({ length: 4 }, ask);
    const first = await Promise.race(asked);
    assert.equal(first.status, 503);
    assert.ok(Number(first.retryAfter) > 0);
    assert.match(first.body.error_description ?? '', /introspection\.waiting/);
    release.resolve(undefined);
    await holding;
    const answers = await Promise.all(asked);
    assert.ok(answers.some(({ status, body }) => status === 200 && body.active === false));
    assert.equal((await ask()).status, 200);
  });

  it('of more than the budget are refused by the name of the limit, too', async () => {
    const answers = [];
    for (let count = 0; count < 9; count += 1) answers.push(await ask());
    const refused = answers.at(-1);
    assert.equal(refused?.status, 429);
    assert.ok(Number(refused.retryAfter) > 0);
    assert.match(refused.body.error_description ?? '', /limits\.introspections_per_minute_per_client/);
  });
});
