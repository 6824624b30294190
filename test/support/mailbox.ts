import { readdir, readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';
import type { ConfigFile } from '../../src/config/schema.js';
import type { LetterKind } from '../../src/mail/letter.js';
import { readMail, type ReceivedMail } from './received-mail.js';

/** Where a test finds the mails that a server sent. */
export interface Mails {
  /** All that came so far, also those that were taken by `waitFor`. */
  received(): Promise<readonly ReceivedMail[]>;
  /** The next mail of this kind to this address; each is handed out once. Rejects when none comes. */
  waitFor(address: string, kind: LetterKind, patience?: number): Promise<ReceivedMail>;
}

/** A real SMTP server on the loopback. */
export interface Mailbox extends Mails {
  /** For the section `mail` of the configuration. */
  readonly settings: NonNullable<ConfigFile['mail']>;
  /** What the server answers to a command, instead of taking the mail; undefined: it takes it. */
  refusal: { readonly at: 'MAIL FROM' | 'RCPT TO' | 'DATA'; readonly code: number } | undefined;
  /** Every recipient that was named to it, also those refused. */
  readonly recipients: readonly string[];
  close(): Promise<void>;
}

export interface MailboxOptions {
  /** Offer STARTTLS, with a certificate that nobody trusts. */
  readonly startTls?: boolean;
  readonly login?: { readonly user: string; readonly password: string };
}

export async function startMailbox({ startTls = false, login }: MailboxOptions = {}): Promise<Mailbox> {
  const received: ReceivedMail[] = [];
  const recipients: string[] = [];
  let refusal: Mailbox['refusal'];
  const answer = (at: NonNullable<Mailbox['refusal']>['at']) =>
    refusal?.at === at ? Object.assign(new Error('not today'), { responseCode: refusal.code }) : null;
  const server = new SMTPServer({
    logger: false,
    authOptional: login === undefined,
    allowInsecureAuth: true,
    disabledCommands: [...(startTls ? [] : ['STARTTLS']), ...(login ? [] : ['AUTH'])],
    onAuth: ({ username, password }, _session, callback) =>
      username === login?.user && password === login?.password
        ? callback(null, { user: username })
        : callback(new Error('wrong password')),
    onMailFrom: (_address, _session, callback) => callback(answer('MAIL FROM')),
    onRcptTo: ({ address }, _session, callback) => {
      recipients.push(address);
      callback(answer('RCPT TO'));
    },
    onData: (stream, { envelope }, callback) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const refused = answer('DATA');
        if (!refused) {
          const raw = Buffer.concat(chunks).toString();
          for (const { address } of envelope.rcptTo) received.push(readMail(raw, address));
        }
        callback(refused);
      });
    },
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    ...handOut(async () => received),
    settings: {
      host: '127.0.0.1',
      port,
      tls: startTls ? 'starttls' : 'dangerously_none',
      from: 'login@holdfast.test',
      ...login,
    },
    get refusal() {
      return refusal;
    },
    set refusal(next) {
      refusal = next;
    },
    recipients,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The mails of a server without a mail server: files in its data folder. */
export function mailsInFolder(folder: string): Mails {
  return handOut(async () => {
    const names = await readdir(folder).catch(() => []);
    const mails = names.filter((name) => name.endsWith('.eml')).toSorted();
    return Promise.all(mails.map(async (name) => readMail(await readFile(path.join(folder, name), 'utf8'))));
  });
}

const usualPatience = 5_000;

function handOut(received: () => Promise<readonly ReceivedMail[]>): Mails {
  const given = new Set<string>();
  return {
    received,
    async waitFor(address, kind, patience = usualPatience) {
      for (let waited = 0; waited < patience; waited += 20) {
        const mail = (await received()).find(
          (each) => sameAddress(each.to, address) && each.kind === kind && !given.has(idOf(each)),
        );
        if (mail) {
          given.add(idOf(mail));
          return mail;
        }
        await wait(20);
      }
      const came = (await received()).map((each) => `${each.kind} to ${each.to}`);
      throw new Error(`no mail ${kind} came to ${address}; those that came: ${came.join(', ') || 'none'}`);
    },
  };
}

/** On the wire the domain goes in lower case. */
function sameAddress(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function idOf(mail: ReceivedMail): string {
  return `${mail.headers.get('message-id')} ${mail.to}`;
}
