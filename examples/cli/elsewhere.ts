import * as client from 'openid-client';
import { qrCode } from './qr-code.js';
import type { Question } from './sign-in.js';

/** A person who is asked on another device: her phone, while this is a server or an agent. */
export interface Elsewhere {
  /** How she is known there: an e-mail address. */
  readonly login: string;
  /** Tells whoever looks at this screen what to do. */
  readonly show: (text: string) => void;
}

/** Asks by CIBA: she answers at the link that is shown, and we ask for the outcome until there is one. */
export async function askElsewhere(
  { config, keyPair, parameters }: Question,
  { login, show }: Elsewhere,
): Promise<client.TokenEndpointResponse> {
  const DPoP = client.getDPoPHandle(config, keyPair);
  const pending = await client.initiateBackchannelAuthentication(config, {
    ...parameters,
    login_hint: login,
    // The answer will be bound to this key: whoever else learns auth_req_id has nothing.
    dpop_jkt: await DPoP.calculateThumbprint(),
  });
  const { matching_number: number, approval_uri: address } = pending;
  if (typeof number !== 'string' || typeof address !== 'string') {
    throw new Error('The provider named no number and no link to answer at.');
  }
  show(invitation({ login, number, address, minutes: Math.ceil(pending.expires_in / 60) }));
  // Keeps to the interval, and slows down when told to (CIBA §11).
  return client.pollBackchannelAuthenticationGrant(config, pending, {}, { DPoP });
}

function invitation(facts: { login: string; number: string; address: string; minutes: number }): string {
  const { login, number, address, minutes } = facts;
  return [
    `Waiting for ${login}, ${minutes} minutes at the most.`,
    'Open the notification or the mail on the other device, or this link:',
    '',
    `  ${address}`,
    '',
    qrCode(address),
    '',
    `  The number to type there:  ${number}`,
    '',
  ].join('\n');
}
