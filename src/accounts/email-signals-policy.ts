import { foldMailAddress, partsOf } from '../lib/mail-address.js';

/*
 * Signals for those who look for rings of fake accounts. Nobody is refused by them: a tag is an honest person's tool, and
 * a list of domains is never right.
 */

/** Domains of one provider that are one. */
const aliases: Readonly<Record<string, string>> = {
  'googlemail.com': 'gmail.com',
  'me.com': 'icloud.com',
  'mac.com': 'icloud.com',
  'protonmail.com': 'proton.me',
  'pm.me': 'proton.me',
};

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

/** The mailbox behind an address, as far as its provider's rules are known: several addresses of one mailbox are one. */
export function mailboxOf(address: string): string {
  const [local, typed = ''] = partsOf(foldMailAddress(address));
  const domain = aliases[typed] ?? typed;
  const untagged = tagging.has(domain) ? local.replace(/\+.*$/, '') || local : local;
  const name = domain === 'gmail.com' ? untagged.replaceAll('.', '') : untagged;
  return `${name}@${domain}`;
}

/** The domain of an address and those above it, but for the last label. */
export function domainsOf(address: string): string[] {
  const [, domain = ''] = partsOf(foldMailAddress(address));
  const labels = domain.split('.');
  return labels.slice(0, -1).map((_, index) => labels.slice(index).join('.'));
}
