import { foldMailAddress, partsOf } from './mail-address.js';

/*
 * Signals for those who look for rings of fake accounts. Nobody is refused by them: a tag is an honest person's tool, and
 * a list of domains is never right.
 */

/** Domains of one provider that are one. */
const aliases: ReadonlyMap<string, string> = new Map([
  ['googlemail.com', 'gmail.com'],
  ['me.com', 'icloud.com'],
  ['mac.com', 'icloud.com'],
  ['protonmail.com', 'proton.me'],
  ['pm.me', 'proton.me'],
]);

/** Providers that deliver `name+anything` to `name`. */
const tagging = new Set([
  'gmail.com',
  'icloud.com',
  'proton.me',
  'outlook.com',
  'hotmail.com',
  'live.com',
  'fastmail.com',
  'yandex.com',
  'yandex.ru',
  'zoho.com',
  'hey.com',
]);

/** What an address tells whoever looks for fake accounts. Kept with the account; decides nothing. */
export interface MailAddressSignals {
  /** The mailbox behind it: tags, and dots where they mean nothing, taken away. */
  readonly mailbox: string;
  /** Its domain hands out addresses that are thrown away. */
  readonly disposable: boolean;
}

let disposableDomains: Promise<ReadonlySet<string>> | undefined;

export async function signalsOfMailAddress(address: string): Promise<MailAddressSignals> {
  // Some thousand domains: loaded when the first address comes, not at each start.
  disposableDomains ??= import('disposable-email-domains-js').then(
    ({ disposableEmailBlocklist }) => new Set(disposableEmailBlocklist()),
  );
  const known = await disposableDomains;
  return { mailbox: mailboxOf(address), disposable: domainsOf(address).some((domain) => known.has(domain)) };
}

/** The mailbox behind an address, as far as its provider's rules are known: several addresses of one mailbox are one. */
function mailboxOf(address: string): string {
  const [local, typed = ''] = partsOf(foldMailAddress(address));
  const domain = aliases.get(typed) ?? typed;
  const untagged = tagging.has(domain) ? local.replace(/\+.*$/, '') || local : local;
  const name = domain === 'gmail.com' ? untagged.replaceAll('.', '') : untagged;
  return `${name}@${domain}`;
}

/** The domain of an address and those above it, but for the last label. */
function domainsOf(address: string): string[] {
  const [, domain = ''] = partsOf(foldMailAddress(address));
  const labels = domain.split('.');
  return labels.slice(0, -1).map((_, index) => labels.slice(index).join('.'));
}
