import { secretOf } from './clients.js';
import { basic, type Answer } from './device.js';
import { sendAsIs } from './raw-request.js';

/** Asks POST /calls, as the resource server `as`, with these members. */
export function askCall(
  issuer: string,
  members: unknown,
  as = 'rs-a',
  headers: Record<string, string> = {},
): Promise<Answer> {
  return sendAsIs(`${issuer}/calls`, {
    method: 'POST',
    headers: { ...basic(as, secretOf(as)), 'content-type': 'application/json', ...headers },
    body: JSON.stringify(members),
  });
}
