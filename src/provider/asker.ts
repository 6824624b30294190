import { isLoopbackHost } from '../lib/hosts.js';
import type { Words } from '../web/words/words.js';
import type { Interaction } from './interaction.js';

/** The client, as the person is to see it. */
export interface Asker {
  /** Chosen by the client. */
  readonly name: string;
  /** Where it lives: the host of its own page, whole and in ASCII (punycode shows a look-alike, threat 39). */
  readonly place: string;
  /** Where the person goes after her answer. */
  readonly back: string;
  readonly redirectUri: string | undefined;
}

export function askerOf({ client, params }: Interaction, { login }: Words): Asker {
  const redirectUri = typeof params['redirect_uri'] === 'string' ? params['redirect_uri'] : undefined;
  const back = redirectUri === undefined ? login.theApp : placeOf(redirectUri, login);
  return {
    name: client.clientName ?? client.clientId,
    place: client.clientUri === undefined ? back : placeOf(client.clientUri, login),
    back,
    redirectUri,
  };
}

/** The host of a web address; for an app's own scheme or a loopback port there is only this device to name. */
function placeOf(uri: string, login: Words['login']): string {
  const { protocol, hostname, host } = new URL(uri);
  const web = protocol === 'https:' || protocol === 'http:';
  if (!web) return login.anAppOnThisDeviceBy(protocol.slice(0, -1));
  return isLoopbackHost(hostname) ? login.anAppOnThisDevice : host;
}
