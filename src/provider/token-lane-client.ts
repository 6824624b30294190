import type { IncomingHttpHeaders } from 'node:http';
import type { Client, Provider } from 'oidc-provider';
import type { LaneClients } from './lane-client.js';

/** Who asks at the token endpoint's fast lane. */
export interface AskingClient {
  readonly client: Client;
  /** That has made it: another one, since the keys were changed, would not take it for a client. */
  readonly provider: Provider;
  /** Of a database client's row, to be compared by the statement that makes the token; undefined: the config's. */
  readonly version: string | undefined;
}

export interface AskingClients {
  /** The client that proves itself by Basic, or the public one that names itself; undefined: the long way. */
  find(headers: IncomingHttpHeaders, named: string | undefined): Promise<AskingClient | undefined>;
  /** Looks anew next time, because a statement found the client to be another. */
  forget(asking: AskingClient): void;
}

export interface AskingClientPorts {
  readonly clients: LaneClients;
  readonly configured: readonly { readonly client_id: string }[];
  readonly version: (clientId: string) => Promise<string | undefined>;
  /** The provider of the moment. */
  readonly provider: () => Provider;
  readonly findClient: (provider: Provider, clientId: string) => Promise<Client | undefined>;
  /** Most database clients that are remembered. */
  readonly capacity?: number;
}

export function createAskingClients(ports: AskingClientPorts): AskingClients {
  const { clients, findClient, capacity = 1000 } = ports;
  const ofConfig = new Set(ports.configured.map((client) => client.client_id));
  const remembered = new Map<string, AskingClient>();

  const ofDatabase = async (clientId: string): Promise<AskingClient | undefined> => {
    const provider = ports.provider();
    const known = remembered.get(clientId);
    if (known?.provider === provider) return known;
    // Read first: a change in between makes what is remembered worthless, never too good.
    const version = await ports.version(clientId);
    const client = version === undefined ? undefined : await findClient(provider, clientId);
    if (!client) return undefined;
    const [oldest] = remembered.keys();
    if (remembered.size >= capacity && oldest !== undefined) remembered.delete(oldest);
    const asking = { client, provider, version };
    remembered.set(clientId, asking);
    return asking;
  };

  const look = async (clientId: string): Promise<AskingClient | undefined> => {
    if (!ofConfig.has(clientId)) return ofDatabase(clientId);
    const provider = ports.provider();
    const client = await findClient(provider, clientId);
    return client && { client, provider, version: undefined };
  };

  return {
    async find(headers, named) {
      if (headers.authorization === undefined) {
        const asking = named === undefined ? undefined : await look(named);
        return asking?.client.tokenEndpointAuthMethod === 'none' ? asking : undefined;
      }
      const proven = await clients.authenticate(headers);
      if (!proven || (named !== undefined && named !== proven.clientId)) return undefined;
      const asking = await look(proven.clientId);
      // The secret was that of this very form of the client.
      return asking && clients.stands(proven, asking.version) ? asking : undefined;
    },
    forget: ({ client }) => void remembered.delete(client.clientId),
  };
}
