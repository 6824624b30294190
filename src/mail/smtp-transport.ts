import nodemailer from 'nodemailer';
import type { Config } from '../config/schema.js';
import { envelopeOf } from './envelope.js';
import type { MailTransport } from './mail-message.js';

const second = 1000;

/** Hands mails to the server of `mail.host`. */
export function createSmtpTransport(config: Pick<Config, 'mail' | 'brand' | 'issuer'>): MailTransport {
  const { host = '', port, tls, user, password } = config.mail;
  const transporter = nodemailer.createTransport({
    pool: true,
    maxConnections: 3,
    host,
    port,
    // RFC 8314 §3.3: implicit TLS; with STARTTLS, a server that does not offer it is refused, not spoken to in clear.
    secure: tls === 'required',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'dangerously_none',
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    dnsTimeout: 10 * second,
    connectionTimeout: 10 * second,
    greetingTimeout: 10 * second,
    socketTimeout: 30 * second,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    deliver: async (message) => void (await transporter.sendMail(envelopeOf(message, config))),
    close: () => transporter.close(),
  };
}
