import { challengeParameters } from '../authorization.js';
import type { CallChallenge } from '../challenge.js';
import { ProviderRefused, ProviderUnreachable, ProviderUntrusted } from '../client-error.js';
import type { Login } from '../login.js';
import type { ProviderAnswer } from '../provider.js';
import { NotApproved } from './person-answer.js';
import { plainText, type Terminal } from './terminal.js';

/** Asks by CIBA: she answers at the link that is shown, and we ask for the outcome until there is one. */
export async function askElsewhere(
  login: Login,
  challenge: CallChallenge | undefined,
  person: string,
  terminal: Terminal,
): Promise<void> {
  const key = await login.key();
  const question = {
    ...challengeParameters(challenge, 'backchannel'),
    scope: login.scope,
    resource: login.resource,
    login_hint: person,
    // The answer will be bound to this key: whoever else learns auth_req_id has nothing.
    dpop_jkt: key.jkt,
  };
  const asked = await login.provider
    .post('backchannel_authentication_endpoint', key, question)
    .catch(refusedToAsk);
  const pending = readPending(asked);
  terminal.say(invitation(person, pending, terminal));
  const answer = await pollFor(login, pending, terminal);
  const subject = challenge && (await login.subject());
  await login.accept(answer, { ...(subject !== undefined && { subject }) });
}

interface Pending {
  readonly requestId: string;
  readonly number: string;
  readonly address: string;
  readonly interval: number;
  readonly lifetime: number;
}

function refusedToAsk(error: unknown): never {
  if (error instanceof ProviderRefused) {
    throw new NotApproved('not_allowed', plainText(error.description ?? error.error));
  }
  throw error;
}

function readPending(answer: ProviderAnswer): Pending {
  const { auth_req_id: requestId, matching_number: number, approval_uri: address, ...times } = answer;
  if (typeof requestId !== 'string' || typeof number !== 'string' || typeof address !== 'string') {
    throw new ProviderUntrusted('The provider named no number and no link to answer at');
  }
  const seconds = (value: unknown, otherwise: number): number =>
    typeof value === 'number' && value > 0 ? value : otherwise;
  // CIBA §7.3: 5 seconds where nothing is said.
  const interval = seconds(times['interval'], 5);
  return { requestId, number, address, interval, lifetime: seconds(times['expires_in'], 300) };
}

/** Keeps to the interval, and slows down when told to (CIBA §11). */
async function pollFor(login: Login, pending: Pending, terminal: Terminal): Promise<ProviderAnswer> {
  const key = await login.key();
  const grant = { grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: pending.requestId };
  const end = terminal.clock.now() + pending.lifetime * 1000;
  for (let interval = pending.interval; ;) {
    await terminal.wait(interval * 1000);
    try {
      return await login.provider.post('token_endpoint', key, grant);
    } catch (error) {
      // A provider that is away for a moment has not answered.
      const waits = error instanceof ProviderUnreachable && terminal.clock.now() < end;
      const code = error instanceof ProviderRefused ? error.error : undefined;
      if (code === 'slow_down') interval += 5;
      else if (code === 'access_denied') throw new NotApproved('denied');
      else if (code === 'expired_token' || code === 'invalid_grant') throw new NotApproved('expired');
      else if (code !== 'authorization_pending' && !waits) throw error;
    }
  }
}

function invitation(person: string, { number, address, lifetime }: Pending, terminal: Terminal): string {
  return [
    `Waiting for ${plainText(person)}, ${Math.ceil(lifetime / 60)} minutes at the most.`,
    'Open the notification or the mail on the other device, or this link:',
    '',
    `  ${plainText(address)}`,
    '',
    terminal.qrCode(plainText(address)),
    '',
    `  The number to type there:  ${plainText(number)}`,
    '',
  ].join('\n');
}
