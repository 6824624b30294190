import { mailFolder } from '../config/data-folder.js';
import type { Config } from '../config/schema.js';
import { deriveKey } from '../lib/hashing.js';
import { DeliveryService } from '../mail/delivery-service.js';
import { createFolderTransport } from '../mail/folder-transport.js';
import type { MailTransport } from '../mail/mail-message.js';
import type { Mailer } from '../mail/mailer.js';
import { createOutbox } from '../mail/outbox.js';
import { startPostman, type Postman } from '../mail/postman.js';
import { createSmtpTransport } from '../mail/smtp-transport.js';
import type { Storage } from '../storage/storage.js';
import { letterWords } from './letter-words.js';
import type { Observed } from './observed.js';
import type { AppOptions } from './options.js';

export interface Letters {
  readonly mailer: Mailer;
  readonly postman: Postman;
  close(): Promise<void>;
}

const drainPatience = 10_000;

/** Mails to people: the way into the outbox, and the postman who empties it. */
export function openLetters(storage: Storage, options: AppOptions, { events }: Observed): Letters {
  const { config, masterKey, clock, random, logger } = options;
  const key = deriveKey(masterKey, 'mail');
  const store = storage.outbox;
  const onTerminal = config.environment === 'development';
  const transport = mailTransport(config, (text) => {
    if (onTerminal) process.stdout.write(text);
  });
  const phrasebook = letterWords(config.brand.name);
  const { issuer } = config;
  const delivery = new DeliveryService({
    store,
    key,
    clock,
    transport,
    logger,
    events,
    issuer,
    brand: config.brand.name,
    phrasebook,
  });
  const postman = startPostman(delivery, logger);
  const available = config.mail.host !== undefined || config.environment !== 'production';
  const committed = (id: string) => postman.committed(id);
  const mailer = createOutbox({ store, key, clock, random, available, committed });
  return {
    mailer,
    postman,
    async close() {
      await postman.close(drainPatience);
      transport.close();
    },
  };
}

/** What still lies in the outbox waits for a server, and is given up in the end. */
const noTransport: MailTransport = {
  deliver: () => Promise.reject(new Error('no mail server is set')),
  close: () => {},
};

/** The configured server; without one, a folder and `print` in development. */
export function mailTransport(config: Config, print: (text: string) => void): MailTransport {
  if (config.mail.host !== undefined) return createSmtpTransport(config);
  if (config.environment === 'production') return noTransport;
  return createFolderTransport(config, mailFolder(config), print);
}
