import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import nodemailer from 'nodemailer';
import type { Config } from '../config/schema.js';
import { envelopeOf } from './envelope.js';
import type { MailTransport } from './mail-message.js';

/**
 * Development: mails are kept as `.eml` files in a folder, and shown on the terminal by `print`. Not in the log, which
 * must never hold a code (law 7).
 */
export function createFolderTransport(
  config: Pick<Config, 'mail' | 'brand' | 'issuer'>,
  folder: string,
  print: (text: string) => void,
): MailTransport {
  const transporter = nodemailer.createTransport({ streamTransport: true, buffer: true, newline: 'unix' });
  return {
    deliver: async (message) => {
      const { message: bytes } = await transporter.sendMail(envelopeOf(message, config));
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const name = `${message.writtenAt.toISOString().replaceAll(':', '-')}-${message.kind}-${message.id}.eml`;
      const file = path.join(folder, name);
      // Whoever watches the folder never meets half a mail.
      await writeFile(`${file}.part`, bytes as Buffer, { mode: 0o600 });
      await rename(`${file}.part`, file);
      print(`\n--- mail to ${message.to} (${file})\n${message.subject}\n\n${message.text}---\n`);
    },
    close: () => transporter.close(),
  };
}
