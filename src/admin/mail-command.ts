import type { Config } from '../config/schema.js';
import { randomBase62 } from '../lib/base62.js';
import type { Clock } from '../lib/clock.js';
import { codeOf } from '../lib/error-code.js';
import { isMailAddress } from '../lib/mail-address.js';
import type { Random } from '../lib/random.js';
import { renderLetter } from '../mail/letter-rendering.js';
import type { MailTransport } from '../mail/mail-message.js';
import type { Phrasebook } from '../mail/phrasebook.js';
import { done, failed, type Outcome } from './outcome.js';

export interface MailTestPorts {
  readonly config: Config;
  readonly transport: MailTransport;
  readonly phrasebook: Phrasebook;
  readonly clock: Clock;
  readonly random: Random;
}

/** Sends one mail now, past the outbox, and says word for word what the server answered when it would not. */
export async function sendTestMail(ports: MailTestPorts, to: string): Promise<Outcome> {
  const { config, transport, clock, random } = ports;
  const { host, port, tls } = config.mail;
  if (!isMailAddress(to)) return failed('usage', `${to} is no mail address.`);
  if (host === undefined && config.environment === 'production') {
    return failed(
      'mail_unset',
      'No mail server is set: give mail.host and mail.from (docs/runbooks/mail.md).',
    );
  }
  const letter = { to, kind: 'test', locale: 'en', values: {} } as const;
  const message = renderLetter(letter, randomBase62(random, 22), new Date(clock.now()), {
    ...ports,
    issuer: config.issuer,
    brand: config.brand.name,
  });
  try {
    await transport.deliver(message);
  } catch (error) {
    return failed('mail_refused', `${host}:${port} (tls: ${tls}) did not take the mail.\n${answerIn(error)}`);
  } finally {
    transport.close();
  }
  if (host === undefined)
    return done({ delivered: 'folder' }, 'No mail server is set: it was kept as a file.');
  return done({ delivered: host }, `${host}:${port} took the mail to ${to}. Look whether it arrives.`);
}

function answerIn(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { response, command } = error as { response?: unknown; command?: unknown };
  return [
    `Step:   ${typeof command === 'string' ? command : 'connecting'}`,
    `Answer: ${typeof response === 'string' ? response : error.message}`,
    ...(codeOf(error) === undefined ? [] : [`Code:   ${codeOf(error)}`]),
  ].join('\n');
}
