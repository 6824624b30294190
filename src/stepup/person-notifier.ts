import type { AccountStore } from '../accounts/account-store.js';
import type { Account, AccountId } from '../accounts/account.js';
import type { AttemptLimits } from '../accounts/attempt-limits.js';
import { foldedAddress } from '../accounts/email-address.js';
import type { Clock } from '../lib/clock.js';
import type { Transaction } from '../lib/transaction.js';
import type { Mailer } from '../mail/mailer.js';
import type { NoticeSender, PersonNotice, PushNotice } from './notice.js';
import type { NoticeOutbox } from './notice-outbox.js';
import type { PushService } from './push-service.js';

/** What a notification says, in her language. */
export type NotificationWords = (
  locale: string | undefined,
  app: string,
) => { readonly title: string; readonly body: string };

export interface PersonNotifierPorts {
  readonly accounts: Pick<AccountStore, 'find'>;
  readonly push: Pick<PushService, 'list'>;
  readonly notices: Pick<NoticeOutbox, 'send'>;
  readonly mailer: Mailer;
  readonly limits: Pick<AttemptLimits, 'takeMail'>;
  readonly words: NotificationWords;
  readonly transaction: Transaction;
  readonly clock: Clock;
}

/** The account that nobody has. */
const nobody = 'acc_nobody' as AccountId;

/**
 * Tells a person that a client asks for her: in each of her browsers, and by mail. It runs when the client has its
 * answer, so that nothing of it can be told from how long that took.
 */
export function personNotifier(ports: PersonNotifierPorts): NoticeSender<PersonNotice> {
  return async (notice) => {
    // Law 6: for nobody all is done that is done for a person, but for the sending. Whoever asks the next moment would
    // feel it otherwise.
    const found = await ports.accounts.find(notice.accountId ?? nobody);
    const account = found?.disabledAt === undefined ? found : undefined;
    const browsers = await ports.push.list(account?.id ?? nobody);
    // Outside the transaction: a count that is rolled back would be no limit.
    const letter = await letterTo(account, notice, ports);
    // Together, so that a second try tells nobody twice.
    await ports.transaction.run(async () => {
      for (const { id } of browsers) {
        const message = {
          ...ports.words(account?.locale, notice.app),
          path: notice.path,
          tag: notice.request,
        };
        const push = {
          kind: 'push',
          accountId: account?.id ?? nobody,
          browser: id,
          message,
          until: notice.until,
        } as const;
        await ports.notices.send(push, new Date(notice.until * 1000));
      }
      await ports.mailer.send(letter);
    });
    return 'sent';
  };
}

/** Threat 15: a client that asks without end fills no mailbox; what is over the limit of mails is not sent. */
async function letterTo(account: Account | undefined, notice: PersonNotice, ports: PersonNotifierPorts) {
  const { app, path, client, request, asked, until } = notice;
  const { id, email, locale = 'en' } = account ?? { id: nobody };
  const to = email ?? `${request}@nobody.invalid`;
  const asker = { address: `client ${client} ${id}` };
  const allowed = await ports.limits.takeMail(foldedAddress(to), asker);
  const minutes = Math.max(1, Math.ceil((until * 1000 - ports.clock.now()) / 60_000));
  const values = { ...asked, app, approvePath: path, minutes };
  const withheld = email === undefined || !allowed;
  return { to, kind: 'approval_wanted', locale, values, withheld } as const;
}

/** Hands a message to one of her browsers. */
export function pushNotifier(push: Pick<PushService, 'deliver'>): NoticeSender<PushNotice> {
  return async ({ accountId, browser, message, until }) => {
    const outcome = await push.deliver(accountId, browser, { message, until: new Date(until * 1000) });
    if (outcome === 'later') throw new Error('the push service did not take it');
    // A browser that takes no more is forgotten, and nobody is to blame.
    return outcome === 'refused' ? 'gone' : 'sent';
  };
}
