import type { LetterKind, LetterValues } from '../mail/letter.js';
import type { AccountEventDetail, AccountEventKind } from './account-event.js';
import type { AccountEventLog } from './account-event-log.js';
import type { AccountId } from './account.js';

export interface News<Kind extends LetterKind = LetterKind> {
  readonly kind: AccountEventKind;
  readonly detail?: AccountEventDetail;
  /** The mail about it; where and with what browser it happened is filled in. Unset: only her history tells it. */
  readonly letter?: { readonly kind: Kind; readonly values: LetterValues[Kind] };
}

export interface AccountNewsPorts {
  readonly log: AccountEventLog;
}

/** Tells the owner what changed in her account: an entry in its history, and a mail. Call it in the change's transaction. */
export class AccountNews {
  readonly #ports: AccountNewsPorts;

  constructor(ports: AccountNewsPorts) {
    this.#ports = ports;
  }

  async tell<Kind extends LetterKind>(accountId: AccountId, news: News<Kind>): Promise<void> {
    await this.#ports.log.record(accountId, news.kind, news.detail);
  }
}
