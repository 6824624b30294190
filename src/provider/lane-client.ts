import { hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Client } from 'oidc-provider';

/** A confidential client that has proven itself by HTTP Basic. */
export interface LaneClient {
  readonly clientId: string;
  /**
   * Of the row of a database client when its secret was checked: it must be that still when the request is answered,
   * because secret, metadata and the client itself may be gone since. Undefined: it stands in the config file.
   */
  readonly version: string | undefined;
}

export interface LaneClients {
  /**
   * The client that the Authorization header proves; undefined: the long way, which knows every other method and words
   * every refusal. A lane also takes the long way where the body has parameters of client authentication.
   */
  authenticate(
    headers: IncomingHttpHeaders,
    connection?: object,
  ): LaneClient | undefined | Promise<LaneClient | undefined>;
  /**
   * Whether the client is what it was, by the `clientVersion` that the lane's own statement has just read. If not, the
   * header must be checked anew: the long way.
   */
  stands(client: LaneClient, version: string | null | undefined): boolean;
}

export interface LaneClientPorts {
  readonly configured: readonly { readonly client_id: string }[];
  /** The version of a database client's row; undefined when there is no such client (any more). */
  readonly version: (clientId: string) => Promise<string | undefined>;
  /** As oidc-provider finds it on the long way. */
  readonly find: (clientId: string) => Promise<Client | undefined>;
  /** Most headers that are remembered. */
  readonly capacity?: number;
}

/** The last header of a connection, which says the same each time: the peer compares with what it sent itself. */
const last = new WeakMap<object, { readonly header: string; readonly digest: string }>();

function digestOf(header: string, connection: object | undefined): string {
  const before = connection && last.get(connection);
  if (before?.header === header) return before.digest;
  const digest = hash('sha256', header, 'base64');
  if (connection) last.set(connection, { header, digest });
  return digest;
}

const secretMethods: readonly unknown[] = ['client_secret_basic', 'client_secret_post'];

/**
 * Client authentication by Basic for fast lanes: checked once, in constant time, then known by the SHA-256 of the header.
 * Only what was right is remembered, so guessing is no faster here than on the long way.
 */
export function createLaneClients({
  configured,
  version,
  find,
  capacity = 1000,
}: LaneClientPorts): LaneClients {
  const ofConfig = new Set(configured.map((client) => client.client_id));
  const remembered = new Map<string, LaneClient>();

  const check = async (header: string, digest: string): Promise<LaneClient | undefined> => {
    const credentials = readBasic(header);
    if (!credentials) return undefined;
    const { clientId, secret } = credentials;
    // Read before the secret is checked: a change in between makes what is remembered worthless, never too good.
    const read = ofConfig.has(clientId) ? undefined : await version(clientId);
    // Law 6: also where there is no such client, for whom the statements must be the same.
    const client = await find(clientId);
    if (read === undefined && !ofConfig.has(clientId)) return undefined;
    if (!client || !hasSecret(client) || !(await client.compareClientSecret(secret))) return undefined;
    const known: LaneClient = { clientId, version: read };
    const [oldest] = remembered.keys();
    if (remembered.size >= capacity && oldest !== undefined) remembered.delete(oldest);
    remembered.set(digest, known);
    return known;
  };

  return {
    authenticate: (headers, connection) => {
      const { authorization } = headers;
      if (authorization === undefined || attests(headers)) return undefined;
      const digest = digestOf(authorization, connection);
      return remembered.get(digest) ?? check(authorization, digest);
    },
    stands: (client, read) => {
      if (client.version === undefined || client.version === read) return true;
      for (const [digest, known] of remembered) if (known === client) remembered.delete(digest);
      return false;
    },
  };
}

/** Secrets that end by themselves are the long way's. */
function hasSecret({ tokenEndpointAuthMethod, clientSecretExpiresAt }: Client): boolean {
  return secretMethods.includes(tokenEndpointAuthMethod) && !clientSecretExpiresAt;
}

function attests(headers: IncomingHttpHeaders): boolean {
  return 'oauth-client-attestation' in headers || 'oauth-client-attestation-pop' in headers;
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;
const printable = /^[\x20-\x7e]+$/;

/** RFC 6749 §2.3.1: id and secret are form-encoded, then joined and base64-encoded as RFC 7617 says. */
function readBasic(header: string): { readonly clientId: string; readonly secret: string } | undefined {
  const [scheme, encoded = '', ...rest] = header.split(' ');
  if (scheme?.toLowerCase() !== 'basic' || rest.length > 0 || !base64.test(encoded)) return undefined;
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon < 0) return undefined;
  try {
    const [clientId, secret] = [formDecode(pair.slice(0, colon)), formDecode(pair.slice(colon + 1))];
    return printable.test(clientId) && printable.test(secret) ? { clientId, secret } : undefined;
  } catch {
    return undefined;
  }
}

function formDecode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', '%20'));
}
