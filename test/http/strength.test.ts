import assert from 'node:assert/strict';
import { Device } from '../support/device.js';
import { inParallel } from '../support/parallel.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { unique } from '../support/records.js';
import { expectedOf, nameOf, rungs, type StrengthRow, strengthRows } from '../support/strength-rows.js';
import {
  parametersOf,
  rowMaxAge,
  signedIn,
  tokensOf,
  urn,
  type Walker,
  walk,
} from '../support/strength-walk.js';

/** As many as `inParallel` has at work. */
const spareOfEach = 8;
const unlimited = 1_000_000;

/*
 * RFC 9470 §4 and §5, OIDC Core §3.1.2.1, §3.1.2.6 and §5.5.1.1, for every combination. A walk that does not end within a
 * few pages fails: so nothing loops.
 */
describe('the strength of a sign-in, for every combination of what there is and what is asked', () => {
  walkAll(rungs, strengthRows());
});

function walkAll(supported: readonly string[], rows: readonly StrengthRow[]): void {
  let holdfast: Holdfast;
  let device: Device;
  /** Browsers whose session is still as it was made; by the kind of it. */
  const idle = new Map<string, Walker[]>();
  before(async () => {
    holdfast = await startHoldfast({
      limits: {
        requests_per_minute_per_address: unlimited,
        interactions_per_minute_per_address: unlimited,
        introspections_per_minute_per_client: unlimited,
      },
    });
    device = await Device.create();
    // A row that ends with a login takes one; the others give theirs back, so that one for each at work is enough.
    const old = rows.filter(({ age }) => age === 'old');
    const changing = old.filter((row) => 'asked' in expectedOf(row, 'phrh', supported));
    const spare = rungs.flatMap((session) =>
      old.filter((row) => row.session === session).slice(0, spareOfEach),
    );
    await inParallel([...changing, ...spare], async (row) => putBack(row, await arrive(row)));
    holdfast.clock.advance(rowMaxAge + 10);
  });
  after(async () => {
    holdfast.clock.reset();
    await holdfast.close();
  });

  const now = () => Math.floor(holdfast.clock.now() / 1000);
  const kindOf = ({ session, age }: StrengthRow) => `${session} ${age}`;
  const arrive = (row: StrengthRow) => signedIn(holdfast.issuer, row.session, unique('row'));
  const putBack = (row: StrengthRow, walker: Walker) =>
    void idle.set(kindOf(row), [...(idle.get(kindOf(row)) ?? []), walker]);

  async function check(row: StrengthRow): Promise<void> {
    const { issuer } = holdfast;
    const walker = idle.get(kindOf(row))?.pop() ?? (await arrive(row));
    // First as weakly as can be; where that ends the request, the session is as it was, and she tries again.
    for (const answer of rungs) {
      const expected = expectedOf(row, answer, supported);
      const what = `${nameOf(row)}, answered ${answer} (${expected.section})`;
      const begun = now();
      const walked = await walk(walker, issuer, parametersOf(row), urn(answer));
      assert.equal(walked.response.get('error'), 'error' in expected ? expected.error : null, what);
      if ('error' in expected) continue;
      assert.equal(walked.logins, expected.asked ? 1 : 0, what);
      for (const token of await tokensOf(issuer, walked, device)) {
        assert.deepEqual([token.acr, token.told], [expected.acr, expected.told], what);
        assert.ok(token.authTime >= (expected.asked ? begun : 0), what);
        assert.ok(now() - token.authTime <= rowMaxAge, what);
      }
      if (expected.asked) return;
      break;
    }
    putBack(row, walker);
  }

  for (const prompt of [undefined, 'none', 'login'] as const) {
    for (const age of ['old', 'fresh'] as const) {
      const some = rows.filter((row) => row.prompt === prompt && row.age === age);
      if (some.length === 0) continue;
      it(`prompt ${prompt ?? 'absent'}, the login ${age}: ${some.length} rows`, async () => {
        await inParallel(some, check);
      });
    }
  }
}
