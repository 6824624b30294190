import { strict as assert } from 'node:assert';
import type { ConfigFile } from '../../src/config/schema.js';
import { accountWithPasskey } from '../support/account-with-passkey.js';
import { Walk, type Held } from '../support/challenge-walk.js';
import { Device } from '../support/device.js';
import { inParallel } from '../support/parallel.js';
import { startHoldfast, type Holdfast } from '../support/harness.js';
import { emptyHanded, willing } from '../support/people.js';
import { demands, nameOf, walkCases, type WalkCase } from '../support/walk-cases.js';

const tiers = demands.map((tier) => ({ title: tier.id, models: [tier.id], ...tier }));
const unlimited = 1_000_000;

/*
 * RFC 9470 §5 leaves it to the client to stop when a new login did not help. Here each challenge says all that is missing,
 * so that one trip is enough, and what can't be had ends at once: for every tier, login, client and person.
 */
describe('a challenge, its answer, and the call again', function () {
  this.timeout(300_000);
  let holdfast: Holdfast;
  let walk: Walk;
  const cases = demands.map((tier) => ({ tier, walks: walkCases(tier) }));
  const started = new Map<WalkCase, Held>();

  before(async () => {
    holdfast = await startHoldfast({
      tiers: tiers as NonNullable<ConfigFile['tiers']>,
      limits: {
        requests_per_minute_per_address: unlimited,
        interactions_per_minute_per_address: unlimited,
        introspections_per_minute_per_client: unlimited,
      },
    });
    walk = new Walk(holdfast);
    const old = cases.flatMap(({ walks }) => walks.filter(({ start }) => start.old));
    await inParallel(old, async (each) => void started.set(each, await begin(each)));
    holdfast.clock.advance(600);
  });
  after(async () => {
    holdfast.clock.reset();
    await holdfast.close();
  });

  /** An account, a browser and a key of its own: nothing that another walk did is of any use. */
  async function begin({ tier, start: { strong, approval } }: WalkCase): Promise<Held> {
    const fresh = {
      device: await Device.create(holdfast.clock),
      holder: await accountWithPasskey(holdfast),
    };
    const limit = { currency: 'USD', amount: '0.25' };
    const detail = { type: 'model_call', tier: tier.id, count: 1, spend_limit: limit };
    const parameters = {
      ...(strong && { acr_values: 'urn:holdfast:acr:phr' }),
      ...(approval !== 'none' && { authorization_details: JSON.stringify([detail]) }),
    };
    const held = await walk.ask(fresh, parameters, strong ? willing : emptyHanded);
    if (typeof held === 'string') throw new Error(`no login: ${held}`);
    if (approval === 'spent') assert.equal((await walk.call(held, tier.id)).status, 200);
    return held;
  }

  for (const { tier, walks } of cases) {
    it(`ends within one trip where ${tier.id} is asked for: ${walks.length} walks`, async () => {
      const ends: Record<string, object> = {};
      await inParallel(walks, async (each) => {
        const before = started.get(each);
        const held = before ? await walk.refresh(before) : await begin(each);
        ends[nameOf(each)] = await walk.until(tier.id, held, each.answering, each.person);
      });
      const expected = walks.map((each) => [nameOf(each), { end: each.end, trips: each.trips }] as const);
      assert.deepEqual(ends, Object.fromEntries(expected));
    });
  }
});
