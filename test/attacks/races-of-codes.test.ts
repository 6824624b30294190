import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { AccountEventLog } from '../../src/accounts/account-event-log.js';
import { AccountNews } from '../../src/accounts/account-news.js';
import { DraftService } from '../../src/accounts/draft-service.js';
import { MailCodeService } from '../../src/accounts/mail-code-service.js';
import { RecoveryCodeService } from '../../src/accounts/recovery-code-service.js';
import { RecoveryService } from '../../src/accounts/recovery-service.js';
import { SignUpStepsService } from '../../src/accounts/sign-up-steps-service.js';
import { systemRandom } from '../../src/lib/random.js';
import type { Result } from '../../src/lib/result.js';
import { seal } from '../../src/lib/seal.js';
import { onEveryDatabase } from '../support/databases.js';
import { atOnce, deferred } from '../support/parallel.js';
import { account, unique } from '../support/records.js';

/* Law 2 for what a person types: the same code from 25 sides at once. */
onEveryDatabase('codes that are tried at the same time', (database) => {
  const tries = 25;
  const asker = { address: '192.0.2.7' };
  const nobody = () => ({ place: undefined, browser: undefined });
  const limits = {
    take: () => Promise.resolve(undefined),
    succeeded: () => Promise.resolve(),
    takeMail: () => Promise.resolve(true),
  };

  function services(take = limits.take) {
    const { storage, clock } = database;
    const common = {
      ...storage,
      clock,
      random: systemRandom,
      limits: { ...limits, take },
      lifetime: 600,
    };
    const log = new AccountEventLog({ ...common, circumstances: nobody });
    const mailer = { available: false, send: () => Promise.resolve() };
    const news = new AccountNews({ ...common, log, mailer, circumstances: nobody });
    const drafts = new DraftService(common);
    const recoveryCodes = new RecoveryCodeService({ ...common, accountEvents: log, key: randomBytes(32) });
    const events = { recovered: () => {}, recoveryCodeRefused: () => {} };
    const key = randomBytes(32);
    const mailCodes = new MailCodeService({ ...common, key: randomBytes(32) });
    const steps = {
      ...common,
      drafts,
      mailCodes,
      recoveryCodes,
      mailer,
      key,
      asksEmail: 'required' as const,
    };
    return {
      key,
      drafts,
      recoveryCodes,
      mailCodes,
      signUpSteps: new SignUpStepsService(steps),
      recovery: new RecoveryService({
        ...common,
        drafts,
        recoveryCodes,
        news,
        events,
        hold: 86_400,
        undoLifetime: 259_200,
      }),
    };
  }

  const accountWithCodes = async ({ recoveryCodes }: ReturnType<typeof services>) => {
    const email = `${unique('ada')}@example.org`;
    const owner = { ...account(database.clock), email };
    await database.storage.accounts.insert(owner);
    return { email, accountId: owner.id, codes: await recoveryCodes.replace(owner.id) };
  };

  function tally(results: readonly Result<unknown>[]): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const result of results) {
      const name = result.ok ? 'ok' : result.refusal.code;
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }

  it('lets one of 25 sign-ins recover by one recovery code', async () => {
    const made = services();
    const { email, accountId, codes } = await accountWithCodes(made);
    const places = await atOnce(tries, async () => {
      const interactionUid = unique('uid');
      const place = { kind: 'recovery', interactionUid } as const;
      const facts = { step: 'recovery_code', email, account_id: accountId };
      return { interactionUid, secret: await made.drafts.begin(place, facts) };
    });
    const typed = { typed: codes[4] ?? '', asker };
    const results = await Promise.all(
      places.map(({ interactionUid, secret }) => made.recovery.recover(interactionUid, secret, typed)),
    );
    assert.deepEqual(tally(results), { ok: 1, recovery_refused: tries - 1 });
    assert.equal((await database.storage.accounts.find(accountId))?.generation, 1);
    assert.equal(await made.recoveryCodes.countLeft(accountId), 9);
  });

  it('uses one recovery code up in one sign-in, however many tabs send one each', async () => {
    // Limits are asked once a tab has found its step: no tab goes on before all of them have.
    const everybodyHere = deferred<undefined>();
    let here = 0;
    const made = services(() => {
      here += 1;
      if (here === codes.length) everybodyHere.resolve(undefined);
      return everybodyHere.promise;
    });
    const { email, accountId, codes } = await accountWithCodes(made);
    const interactionUid = unique('uid');
    const place = { kind: 'recovery', interactionUid } as const;
    const secret = await made.drafts.begin(place, { step: 'recovery_code', email, account_id: accountId });
    const results = await Promise.all(
      codes.map((code) => made.recovery.recover(interactionUid, secret, { typed: code, asker })),
    );
    assert.deepEqual(tally(results), { ok: 1, step_gone: codes.length - 1 });
    assert.equal((await database.storage.accounts.find(accountId))?.generation, 1);
    assert.equal(await made.recoveryCodes.countLeft(accountId), 9);
  });

  it('keeps or drops the codes of a sign-up as the first of its tabs said', async () => {
    const made = services();
    for (const first of [true, false]) {
      const { accountId, codes } = await accountWithCodes(made);
      const interactionUid = unique('uid');
      const secret = await made.drafts.begin({ kind: 'sign_up', interactionUid } as const, {
        step: 'codes',
        account_id: accountId,
        auth_time: 1,
        account_generation: 0,
        sealed_codes: await seal(made.key, JSON.stringify(codes)),
      });
      const results = await Promise.all(
        Array.from({ length: tries }, async (_, number) => {
          const kept = (number % 2 === 0) === first;
          return { kept, left: await made.signUpSteps.leave(interactionUid, secret, kept) };
        }),
      );
      assert.deepEqual(tally(results.map(({ left }) => left)), { ok: 1, step_gone: tries - 1 });
      const kept = results.find(({ left }) => left.ok)?.kept;
      assert.equal(await made.recoveryCodes.countLeft(accountId), kept ? 10 : 0);
    }
  });

  it('looks at five guesses of a mail code, and takes the right one for one of 25', async () => {
    const { mailCodes } = services();
    const target = { purpose: 'recovery', boundTo: unique('uid'), address: 'ada@example.org' } as const;
    const made = await mailCodes.make(target, true);
    assert.ok(made.ok);
    const right = await atOnce(tries, () => mailCodes.take(target, made.value, asker));
    assert.deepEqual(tally(right), { ok: 1, mail_code_gone: tries - 1 });
    const next = await mailCodes.make(target, true);
    assert.ok(next.ok);
    const wrong = next.value === '000000' ? '000001' : '000000';
    const guesses = await atOnce(tries, () => mailCodes.take(target, wrong, asker));
    assert.deepEqual(tally(guesses), { mail_code_wrong: 5, mail_code_gone: tries - 5 });
    assert.deepEqual(tally([await mailCodes.take(target, next.value, asker)]), { mail_code_gone: 1 });
  });

  it('takes a mail code only for what it was made for', async () => {
    const { mailCodes } = services();
    const target = { purpose: 'recovery', boundTo: unique('uid'), address: 'ada@example.org' } as const;
    const others = [
      { ...target, purpose: 'sign_up' },
      { ...target, boundTo: unique('uid') },
      { ...target, address: 'eve@example.org' },
    ] as const;
    const made = await mailCodes.make(target, true);
    assert.ok(made.ok);
    for (const other of others) {
      assert.equal((await mailCodes.take(other, made.value, asker)).ok, false, JSON.stringify(other));
    }
    assert.equal((await mailCodes.take(target, made.value, asker)).ok, true);
  });
});
