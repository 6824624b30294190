import type { Result } from '../lib/result.js';
import { refuse } from '../lib/refusal.js';
import type { Transaction } from '../lib/transaction.js';
import type { Mailer } from '../mail/mailer.js';
import type { SecurityEvents } from '../observability/events.js';
import type { AccountNews } from './account-news.js';
import type { AccountStore } from './account-store.js';
import type { AccountId } from './account.js';
import type { Asker, AttemptLimits } from './attempt-limits.js';
import { type Confirmation, confirms } from './confirmation.js';
import { foldedAddress, readEmailAddress } from './email-address.js';
import type { MailCodeService } from './mail-code-service.js';
import { orRefusal } from './refused-transaction.js';

export interface ChangeEmailPorts {
  readonly accounts: AccountStore;
  readonly mailCodes: MailCodeService;
  readonly limits: Pick<AttemptLimits, 'takeMail'>;
  readonly mailer: Mailer;
  readonly news: AccountNews;
  readonly transaction: Transaction;
  readonly events: Pick<SecurityEvents, 'emailChanged'>;
}

/** Whose address is to become which, and in which session. */
export interface EmailChange {
  readonly accountId: AccountId;
  readonly sessionUid: string;
  /** As she typed it. */
  readonly address: string;
  readonly locale: string;
}

/** Gives an account another e-mail address: a passkey confirms that she wants it, a code that it is hers. */
export class ChangeEmailService {
  readonly #ports: ChangeEmailPorts;

  constructor(ports: ChangeEmailPorts) {
    this.#ports = ports;
  }

  /** Sends a code to the new address. Whether somebody has it already is told to nobody but its owner (law 6). */
  async begin(change: EmailChange, confirmation: Confirmation, asker: Asker): Promise<Result<string>> {
    const { accountId, sessionUid, locale } = change;
    const { mailCodes, limits, mailer } = this.#ports;
    if (!confirms(confirmation, { accountId, action: 'change_email', target: change.address })) {
      throw new Error('an address is to be changed by the confirmation of something else');
    }
    const read = readEmailAddress(change.address);
    if (!read.ok) return read;
    const address = foldedAddress(read.value);
    const withheld = !(await limits.takeMail(address, asker));
    const code = await mailCodes.make({ purpose: 'change_address', boundTo: sessionUid, address }, true);
    if (!code.ok) return code;
    const values = { code: code.value, minutes: mailCodes.minutes };
    await mailer.send({ to: read.value, kind: 'change_address_code', locale, values, withheld });
    return read;
  }

  /** Takes the code, and from then on the new address is hers. Both addresses are told. */
  async finish(change: EmailChange, typed: string, asker: Asker): Promise<Result<string>> {
    const { accountId, sessionUid } = change;
    const read = readEmailAddress(change.address);
    if (!read.ok) return read;
    const address = foldedAddress(read.value);
    const target = { purpose: 'change_address', boundTo: sessionUid, address } as const;
    const taken = await this.#ports.mailCodes.take(target, typed, asker);
    if (!taken.ok) return taken;
    const changed = await orRefusal(() =>
      this.#ports.transaction.run(() => this.#change(accountId, read.value)),
    );
    if (!changed.ok) return changed;
    this.#ports.events.emailChanged({ accountId });
    return changed;
  }

  async #change(accountId: AccountId, newAddress: string): Promise<string> {
    const { accounts, news } = this.#ports;
    const letter = { kind: 'address_changed', values: { newAddress } } as const;
    const told = { kind: 'email_changed', detail: { email: newAddress }, letter } as const;
    const before = await accounts.find(accountId);
    // To the old address first: that is where the owner reads it if it wasn't her.
    if (before?.email !== undefined) await news.write(accountId, letter);
    const outcome = await accounts.setEmail(accountId, newAddress);
    if (outcome !== 'changed') throw refuse('email_taken', `the address could not be set: ${outcome}`);
    await news.tell(accountId, told);
    return newAddress;
  }
}
