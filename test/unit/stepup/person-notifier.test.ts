import assert from 'node:assert/strict';
import { type Account, type AccountId, newAccount } from '../../../src/accounts/account.js';
import type { Letter } from '../../../src/mail/letter.js';
import type { BackchannelRequestId } from '../../../src/stepup/backchannel-request.js';
import type { Notice, PersonNotice } from '../../../src/stepup/notice.js';
import { personNotifier, pushNotifier } from '../../../src/stepup/person-notifier.js';
import type { PushOutcome } from '../../../src/stepup/push-sender.js';
import type { PushSubscriptionId } from '../../../src/stepup/push-subscription.js';
import { manualClock } from '../../support/manual-clock.js';

describe('telling a person that a client asks for her', () => {
  const clock = manualClock();
  const id = 'acc_ada' as AccountId;
  const ada = { ...newAccount(id, new Date(0)), email: 'ada@example.com' };
  const notice: PersonNotice = {
    kind: 'person',
    accountId: id,
    client: 'agent',
    app: 'Research agent',
    request: 'bcr_1' as BackchannelRequestId,
    path: '/approve/secret',
    asked: { place: 'HK' },
    until: Math.floor(clock.now() / 1000) + 300,
  };

  async function tell(account: Account | undefined, { told = notice, mails = true } = {}) {
    const sent: Notice[] = [];
    const letters: Letter[] = [];
    const counted: string[] = [];
    let looked = 0;
    const send = personNotifier({
      accounts: { find: async (asked) => ((looked += 1), asked === id ? account : undefined) },
      push: {
        list: async (accountId) => {
          const facts = { accountId, browser: undefined, createdAt: new Date(0), lastDeliveredAt: undefined };
          return accountId === id ? [{ id: 'browser' as PushSubscriptionId, ...facts }] : [];
        },
      },
      notices: { send: async (each) => void sent.push(each) },
      mailer: { available: true, send: async (letter) => void letters.push(letter as Letter) },
      limits: { takeMail: async (to, { address }) => (counted.push(`${to} ${address}`), mails) },
      words: (_locale, app) => ({ title: app, body: '' }),
      transaction: { run: async (work) => work() },
      clock,
    });
    assert.equal(await send(told, AbortSignal.timeout(1000)), 'sent');
    return { sent, letters, counted, looked };
  }

  it('sends to each browser and by mail, until the request is over', async () => {
    const { sent, letters, counted } = await tell(ada);
    const [push] = sent;
    assert.ok(push?.kind === 'push' && push.until === notice.until);
    assert.deepEqual(push.message, {
      title: 'Research agent',
      body: '',
      path: '/approve/secret',
      tag: 'bcr_1',
    });
    const [letter] = letters;
    assert.deepEqual(letter?.values, {
      place: 'HK',
      app: 'Research agent',
      approvePath: '/approve/secret',
      minutes: 5,
    });
    assert.equal(letter.withheld, false);
    assert.deepEqual(counted, ['ada@example.com client agent acc_ada']);
  });

  it('sends no more mails than the limit lets go', async () => {
    const { letters, sent } = await tell(ada, { mails: false });
    assert.deepEqual([letters[0]?.withheld, sent.length], [true, 1]);
  });

  it('does for a phantom, a disabled account or one that is gone what it does for a person, and sends nothing', async () => {
    const gone = { ...ada, disabledAt: new Date(0) };
    const nobody = { ...notice, accountId: undefined };
    for (const [account, told] of [
      [ada, nobody],
      [undefined, notice],
      [gone, notice],
    ] as const) {
      const { sent, letters, counted, looked } = await tell(account, { told });
      assert.deepEqual(sent, []);
      assert.deepEqual([letters.map(({ withheld }) => withheld), counted.length, looked], [[true], 1, 1]);
      assert.doesNotMatch(JSON.stringify(letters[0]?.to), /example/);
    }
  });

  it('tries a busy push service again, and no other', async () => {
    const message = { title: '', body: '', path: '/', tag: '' };
    const push = {
      kind: 'push',
      accountId: id,
      browser: 'b' as PushSubscriptionId,
      message,
      until: 0,
    } as const;
    const after = async (outcome: PushOutcome) =>
      pushNotifier({ deliver: async () => outcome })(push, AbortSignal.timeout(1000));
    assert.equal(await after('delivered'), 'sent');
    assert.equal(await after('gone'), 'sent');
    assert.equal(await after('refused'), 'gone');
    await assert.rejects(after('later'));
  });
});
