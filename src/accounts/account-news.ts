import type { LetterKind, LetterValues } from '../mail/letter.js';
import type { Mailer } from '../mail/mailer.js';
import type { AccountEventDetail, AccountEventKind } from './account-event.js';
import type { AccountEventLog } from './account-event-log.js';
import type { AccountStore } from './account-store.js';
import type { AccountId } from './account.js';
import type { CircumstancesSource } from './circumstances.js';

export interface News<Kind extends LetterKind = LetterKind> {
  readonly kind: AccountEventKind;
  readonly detail?: AccountEventDetail;
  /** The mail about it; where and with what browser it happened is filled in. Unset: only her history tells it. */
  readonly letter?: { readonly kind: Kind; readonly values: LetterValues[Kind] };
}

export interface AccountNewsPorts {
  readonly log: AccountEventLog;
  readonly accounts: Pick<AccountStore, 'find'>;
  readonly mailer: Mailer;
  readonly circumstances: CircumstancesSource;
}

/** Tells the owner what changed in her account: an entry in its history, and a mail. Call it in the change's transaction. */
export class AccountNews {
  readonly #ports: AccountNewsPorts;

  constructor(ports: AccountNewsPorts) {
    this.#ports = ports;
  }

  async tell<Kind extends LetterKind>(accountId: AccountId, news: News<Kind>): Promise<void> {
    const { log } = this.#ports;
    await log.record(accountId, news.kind, news.detail);
    if (news.letter) await this.write(accountId, news.letter);
  }

  /** A mail alone, to the address of this moment, if there is one. */
  async write<Kind extends LetterKind>(
    accountId: AccountId,
    { kind, values }: { readonly kind: Kind; readonly values: LetterValues[Kind] },
  ): Promise<void> {
    const { accounts, mailer } = this.#ports;
    const account = await accounts.find(accountId);
    if (account?.email === undefined) return;
    const locale = account.locale ?? 'en';
    await mailer.send({ to: account.email, kind, locale, values: { ...this.#where(), ...values } });
  }

  #where(): { browser?: string; place?: string } {
    const { browser, place } = this.#ports.circumstances();
    return {
      ...(browser === undefined ? {} : { browser }),
      ...(place === undefined ? {} : { place }),
    };
  }
}
