import { domainsOf, mailboxOf } from './email-signals-policy.js';

/** What an address tells whoever looks for fake accounts. Kept with the account; decides nothing. */
export interface EmailSignals {
  /** The mailbox behind it: tags, and dots where they mean nothing, taken away. */
  readonly mailbox: string;
  /** Its domain hands out addresses that are thrown away. */
  readonly disposable: boolean;
}

let disposableDomains: Promise<ReadonlySet<string>> | undefined;

export async function emailSignalsOf(address: string): Promise<EmailSignals> {
  // Some thousand domains: loaded when the first address comes, not at each start.
  disposableDomains ??= import('disposable-email-domains-js').then(
    ({ disposableEmailBlocklist }) => new Set(disposableEmailBlocklist()),
  );
  const known = await disposableDomains;
  return { mailbox: mailboxOf(address), disposable: domainsOf(address).some((domain) => known.has(domain)) };
}
