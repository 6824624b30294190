import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import { accountWithPasskey, type PasskeyHolder } from '../support/account-with-passkey.js';
import { approve } from '../support/approver.js';
import { Walk } from '../support/challenge-walk.js';
import { Device } from '../support/device.js';
import { type Holdfast, startHoldfast } from '../support/harness.js';
import { introspect } from '../support/login.js';
import { inParallel } from '../support/parallel.js';
import type { Manners } from '../support/people.js';
import {
  expectedOf,
  nameOf,
  type Rung,
  rungs,
  type StrengthRow,
  strengthRows,
} from '../support/strength-rows.js';
import { parametersOf, rowMaxAge, urn, walk } from '../support/strength-walk.js';
import { formWith } from '../support/visitor.js';

const supported = rungs;
const unlimited = 1_000_000;
const call = {
  type: 'model_call',
  tier: 'frontier',
  count: 1,
  spend_limit: { currency: 'USD', amount: '0.25' },
};

const rows = strengthRows();

type Expected =
  | { readonly error: string; readonly section: string }
  | { readonly told: string; readonly logins: number; readonly section: string };

/** One assertion both proves her and approves (RFC 9396 §6), so that a signed-in person is never asked twice. */
function expectedWithApproval(row: StrengthRow, answer: Rung, approves: boolean): Expected {
  const alone = expectedOf(row, answer, supported);
  if (row.prompt === 'none') {
    // OIDC Core §3.1.2.6: what she must agree to can't be had without asking her.
    return 'error' in alone ? alone : { error: 'consent_required', section: 'OIDC Core §3.1.2.6' };
  }
  const signedIn = row.session !== undefined;
  // Her assertion is a login of its own, whatever the session was before.
  const reached = expectedOf(
    signedIn ? { ...row, prompt: 'login' } : row,
    signedIn ? 'phr' : answer,
    supported,
  );
  const hopeless = row.essential !== undefined && !supported.some((rung) => rung === row.essential);
  if (!approves && !hopeless) return { error: 'access_denied', section: 'RFC 6749 §4.1.2.1' };
  if ('error' in reached) return reached;
  return { told: reached.told, logins: signedIn ? 0 : 1, section: 'RFC 9470 §4, RFC 9396 §7' };
}

describe('the strength of a sign-in that also approves calls, for every combination', () => {
  let holdfast: Holdfast;
  let device: Device;
  const old = new Map<StrengthRow, PasskeyHolder>();
  before(async () => {
    holdfast = await startHoldfast({
      limits: {
        requests_per_minute_per_address: unlimited,
        interactions_per_minute_per_address: unlimited,
        introspections_per_minute_per_client: unlimited,
      },
    });
    device = await Device.create(holdfast.clock);
    await inParallel(
      rows.filter(({ age }) => age === 'old'),
      async (row) => void old.set(row, await arrive(row)),
    );
    holdfast.clock.advance(rowMaxAge + 10);
  });
  after(async () => {
    holdfast.clock.reset();
    await holdfast.close();
  });

  const now = () => Math.floor(holdfast.clock.now() / 1000);
  async function arrive({ session }: StrengthRow): Promise<PasskeyHolder> {
    const holder = await accountWithPasskey(holdfast);
    const walker = { visitor: holder.person.visitor, login: holder.login };
    if (session !== undefined) await walk(walker, holdfast.issuer, {}, urn(session));
    return holder;
  }

  /** Logs in at `rung` where she must, and approves or denies; counts the login pages. */
  const manners = (rung: Rung, approves: boolean, count: () => void): Manners =>
    async function goOn(page, person, login) {
      if (page.location !== undefined) return page;
      const { visitor } = person;
      const go = async () => {
        if (page.text.includes('data-seen=') && approves) return approve(person, page);
        const isLogin = page.text.includes('name="acr"');
        if (isLogin) count();
        const { action, fields } = formWith(page, isLogin ? 'acr' : 'csrf');
        return visitor.post(action, isLogin ? { ...fields, login, acr: urn(rung) } : fields);
      };
      return goOn(await visitor.follow(await go()), person, login);
    };

  async function check(row: StrengthRow): Promise<void> {
    const holder = old.get(row) ?? (await arrive(row));
    // Whoever denies first is asked again; without a session, denying would leave one.
    for (const approves of row.session === undefined ? [true] : [false, true]) {
      let logins = 0;
      const expected = expectedWithApproval(row, 'phr', approves);
      const what = `${nameOf(row)}, ${approves ? 'approves' : 'denies'} (${expected.section})`;
      const begun = now();
      const parameters = { ...parametersOf(row), authorization_details: JSON.stringify([call]) };
      const way = new Walk(holdfast);
      const held = await way.ask(
        { device, holder },
        parameters,
        manners('phr', approves, () => (logins += 1)),
      );
      if ('error' in expected) {
        assert.equal(held, expected.error, what);
        continue;
      }
      assert.ok(typeof held === 'object', `${what}: ${JSON.stringify(held)}`);
      assert.equal(logins, expected.logins, what);
      for (const each of [held, await way.refresh(held)]) {
        const { body } = await introspect(holdfast.issuer, each.accessToken);
        assert.equal(body['acr'], urn('phr'), what);
        assert.ok(Number(body['auth_time']) >= begun, what);
        assert.deepEqual(body['authorization_details'], held.granted, what);
        assert.equal(decodeJwt(each.idToken)['acr'], urn(expected.told), what);
      }
    }
  }

  for (const prompt of [undefined, 'none', 'login'] as const) {
    const some = rows.filter((row) => row.prompt === prompt);
    it(`prompt ${prompt ?? 'absent'}: ${some.length} rows`, () => inParallel(some, check));
  }
});
