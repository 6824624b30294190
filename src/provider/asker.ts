import { accountClientId } from '../config/account-client.js';
import { chosenName } from '../lib/chosen-name.js';
import { isLoopbackHost } from '../lib/hosts.js';
import type { Words } from '../web/words/words.js';
import type { Client, Interaction } from './interaction.js';

/** The client, as the person is to see it. */
export interface Asker {
  /** Chosen by the client. */
  readonly name: string;
  /** Where it lives: the host of its own page, whole and in ASCII (punycode shows a look-alike, threat 39). */
  readonly place: string;
  /** Where the person goes after her answer. */
  readonly back: string;
  readonly redirectUri: string | undefined;
  /** The answer goes to a program on this device: any of them can say that it is this client (RFC 8252 §8.6). */
  readonly onDevice: boolean;
  /** Our own pages: there is nowhere else to go on to. */
  readonly own: boolean;
}

export function askerOf({ client, params }: Interaction, { login }: Words): Asker {
  const redirectUri = typeof params['redirect_uri'] === 'string' ? params['redirect_uri'] : undefined;
  const back = redirectUri === undefined ? login.theApp : placeOf(redirectUri, login);
  // Our own pages are no program that happens to run on this device, also where the issuer is a loopback address.
  const own = client.clientId === accountClientId && redirectUri !== undefined;
  if (own) {
    const { host } = new URL(redirectUri);
    return { name: clientName(client), place: host, back, redirectUri, onDevice: false, own };
  }
  const onDevice = redirectUri !== undefined && isOnDevice(redirectUri);
  const home = homeOf(client) ?? back;
  return {
    name: clientName(client),
    place: onDevice && home !== back ? login.saysItIsFrom(back, home) : home,
    back,
    redirectUri,
    onDevice,
    own: false,
  };
}

/** What a client calls itself, as far as that can be shown; else its id. */
export function clientName({ clientName: name, clientId }: Pick<Client, 'clientId' | 'clientName'>): string {
  return chosenName(name ?? '') || chosenName(clientId) || '?';
}

/**
 * The host that a client is at home: of its id where that is an address (which the draft on client id metadata documents
 * wants shown), else of the page that it names. Undefined for none and for this device.
 */
function homeOf({ clientId, clientUri }: Client): string | undefined {
  const address = clientId.startsWith('https://') && URL.canParse(clientId) ? clientId : clientUri;
  if (address === undefined || !URL.canParse(address) || isOnDevice(address)) return undefined;
  return new URL(address).host;
}

/** The host of a web address; for an app's own scheme or a loopback port there is only this device to name. */
function placeOf(uri: string, login: Words['login']): string {
  const { protocol, host } = new URL(uri);
  if (!isOnDevice(uri)) return host;
  const scheme = protocol.slice(0, -1);
  return isWeb(protocol) ? login.anAppOnThisDevice : login.anAppOnThisDeviceBy(scheme);
}

function isOnDevice(uri: string): boolean {
  const { protocol, hostname } = new URL(uri);
  return !isWeb(protocol) || isLoopbackHost(hostname);
}

function isWeb(protocol: string): boolean {
  return protocol === 'https:' || protocol === 'http:';
}
