import type { SendMailOptions } from 'nodemailer';
import type { Config } from '../config/schema.js';
import type { MailMessage } from './mail-message.js';
import { headerText } from './plain-name.js';

/** A mail as nodemailer takes it. Addresses go in as objects, so that nothing in them is parsed as a list. */
export function envelopeOf(
  message: MailMessage,
  { mail, brand, issuer }: Pick<Config, 'mail' | 'brand' | 'issuer'>,
): SendMailOptions {
  const { hostname } = new URL(issuer);
  const from = mail.from ?? `holdfast@${hostname}`;
  return {
    envelope: { from, to: [message.to] },
    from: { name: headerText(brand.name), address: from },
    to: { name: '', address: message.to },
    ...(mail.reply_to === undefined ? {} : { replyTo: { name: '', address: mail.reply_to } }),
    subject: message.subject,
    text: message.text,
    html: message.html,
    messageId: `<${message.id}@${hostname}>`,
    date: message.writtenAt,
    headers: {
      // RFC 3834 §5: so that no vacation notice answers, and no loop begins.
      'Auto-Submitted': 'auto-generated',
      'Content-Language': message.locale,
      'X-Holdfast-Mail': message.kind,
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
