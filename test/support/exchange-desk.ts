import { tokenExchangeGrantType } from '../../src/config/trusted-issuers.js';
import type { ConfigFile } from '../../src/config/schema.js';
import { callback, gatewayA, secretOf, testClients } from './clients.js';
import { basic, postForm, type Answer, type Device } from './device.js';

import { startHoldfast, type Holdfast, type HarnessOptions } from './harness.js';

const tokenType = (name: string) => `urn:ietf:params:oauth:token-type:${name}`;

/** Two clients of ours in front of which there is a login already: one with a secret, one in the browser. */
export const exchangingClients: NonNullable<ConfigFile['clients']> = [
  {
    client_id: 'exchanger',
    client_name: 'Tidewater Backend',
    client_secret: secretOf('exchanger'),
    redirect_uris: [],
    response_types: [],
    grant_types: [tokenExchangeGrantType, 'refresh_token'],
  },
  {
    client_id: 'exchanging-app',
    client_name: 'Tidewater App',
    token_endpoint_auth_method: 'none',
    redirect_uris: [callback],
    grant_types: ['authorization_code', tokenExchangeGrantType, 'refresh_token'],
  },
  {
    client_id: 'unbound',
    client_secret: secretOf('unbound'),
    redirect_uris: [],
    response_types: [],
    grant_types: [tokenExchangeGrantType],
    dpop_bound_access_tokens: false,
  },
  {
    client_id: 'not-listed',
    client_secret: secretOf('not-listed'),
    redirect_uris: [],
    response_types: [],
    grant_types: [tokenExchangeGrantType],
  },
];

export function exchangeSettings(...issuers: NonNullable<ConfigFile['trusted_issuers']>): ConfigFile {
  return {
    clients: [...testClients, ...exchangingClients],
    trusted_issuers: issuers,
    dangerously_allow_private_network_fetch: true,
  };
}

/** A server that trusts these issuers. */
export function holdfastTrusting(
  issuers: NonNullable<ConfigFile['trusted_issuers']>,
  options: HarnessOptions = {},
  more: ConfigFile = {},
): Promise<Holdfast> {
  return startHoldfast({ ...exchangeSettings(...issuers), ...more }, options);
}

export interface ExchangeWish {
  readonly client?: string;
  /** Over the honest form; undefined takes a parameter out. */
  readonly form?: Readonly<Record<string, string | string[] | undefined>>;
  /** The address of a node that takes the request, in place of the one that clients know. */
  readonly node?: string | undefined;
}

/** Exchanges `token` by the key of `device`. */
export async function exchange(
  issuer: string,
  device: Device,
  token: string,
  { client = 'exchanger', form = {}, node }: ExchangeWish = {},
): Promise<Answer> {
  const asks = {
    grant_type: tokenExchangeGrantType,
    subject_token: token,
    subject_token_type: tokenType('id_token'),
    resource: gatewayA,
    ...(client === 'exchanging-app' ? { client_id: client } : {}),
    ...form,
  };
  const kept = Object.entries(asks).filter(([, value]) => value !== undefined);
  const request = {
    url: `${node ?? issuer}/token`,
    form: Object.fromEntries(kept) as Record<string, string | string[]>,
    headers: client === 'exchanging-app' ? {} : basic(client, secretOf(client)),
  };
  if (node === undefined) return device.post(request);
  // The proof is for the address that clients know, whoever answers; such servers ask for no nonce.
  return postForm(request, await device.proof('POST', `${issuer}/token`));
}

export function tellLogout(issuer: string, token: string): Promise<Answer> {
  return postForm({ url: `${issuer}/signals/backchannel-logout`, form: { logout_token: token } });
}
