import { errors } from 'oidc-provider';
import { isLoopbackHost } from '../lib/hosts.js';
import { clientName } from './asker.js';
import type { Provider } from './provider-route.js';

/** A client by the name that it gave itself, and the host of its own page: whole and in ASCII (threat 39). */
export interface ClientFacts {
  readonly name: string;
  /** Undefined for an app on the person's own device. */
  readonly host: string | undefined;
}

/** Undefined when there is no such client (any more). */
export async function clientFacts(provider: Provider, clientId: string): Promise<ClientFacts | undefined> {
  try {
    const client = await provider.Client.find(clientId);
    if (!client) return undefined;
    const { clientUri, redirectUris } = client;
    return { name: clientName(client), host: hostOf(clientUri ?? redirectUris?.[0]) };
  } catch (error) {
    // Its metadata may be older than a rule that refuses them: it can still be seen, and cut off.
    if (!(error instanceof errors.InvalidClientMetadata)) throw error;
    return { name: clientName({ clientId, clientName: undefined }), host: undefined };
  }
}

function hostOf(uri: string | undefined): string | undefined {
  if (uri === undefined || !URL.canParse(uri)) return undefined;
  const { protocol, hostname, host } = new URL(uri);
  const web = protocol === 'https:' || protocol === 'http:';
  return web && !isLoopbackHost(hostname) ? host : undefined;
}
