import { isLoopbackHost } from '../lib/hosts.js';
import { isMailAddress } from '../lib/mail-address.js';
import type { Finding } from './cross-checks.js';
import type { Config } from './schema.js';

/** What does not fit in the section `mail`. */
export function checkMail({ mail, environment }: Pick<Config, 'mail' | 'environment'>): Finding[] {
  const findings: Finding[] = [];
  const find = (setting: keyof Config['mail'], message: string) =>
    findings.push({ path: ['mail', setting], message });
  for (const setting of ['from', 'reply_to'] as const) {
    const value = mail[setting];
    if (value !== undefined && !isMailAddress(value)) {
      find(setting, 'must be a bare address, as in login@example.com');
    }
  }
  if (mail.host === undefined) {
    for (const setting of ['user', 'password'] as const) {
      if (mail[setting] !== undefined) find(setting, 'has no use without mail.host');
    }
    return findings;
  }
  if (mail.from === undefined) find('from', 'is required with mail.host: the address that mails come from');
  if ((mail.user === undefined) !== (mail.password === undefined)) {
    find(mail.user === undefined ? 'user' : 'password', 'is missing: the server wants both or none');
  }
  // Law 9. A mail code or an undo link on the wire is as good as stolen.
  if (mail.tls === 'dangerously_none' && environment === 'production' && !isLoopbackHost(mail.host)) {
    find('tls', 'dangerously_none is refused in production but for a server on this machine');
  }
  return findings;
}
