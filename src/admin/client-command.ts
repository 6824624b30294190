import { z } from 'zod';
import { randomBase62 } from '../lib/base62.js';
import { hashedSecret } from '../provider/client-secret.js';
import type { AdminPorts } from './admin-ports.js';
import { accountClientId } from '../config/account-client.js';
import { redirectUriProblem } from '../config/redirect-uri.js';
import { hasSecret, metadataOf, type ClientKind } from './client-metadata-of.js';
import { snippetFor } from './client-snippet.js';
import { columns, done, failed, type Outcome } from './outcome.js';

export const clientAddArguments = z.strictObject({
  client_id: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/, 'a client id has 1 to 64 letters, digits, dots, dashes and underscores')
    .optional(),
  kind: z.enum(['spa', 'native', 'web', 'service', 'resource-server']),
  redirect_uri: z.string().optional(),
  name: z.string().max(100).optional(),
});
export const clientArguments = z.strictObject({ client_id: z.string().min(1) });
export const noArguments = z.strictObject({});

const secretPrefix = 'hldf_cs_';
const secretLength = 43;

/** Registers a client. Its secret is told this once and kept by its digest (law 7). */
export async function addClient(
  ports: AdminPorts,
  wish: z.output<typeof clientAddArguments>,
): Promise<Outcome> {
  const { config, stores, clock, random, events } = ports;
  const { kind, redirect_uri: redirectUri } = wish;
  if (kind === 'spa' || kind === 'web') {
    const problem =
      redirectUri === undefined ? 'where is the person sent back to?' : redirectUriProblem(redirectUri);
    if (problem !== undefined) return failed('redirect_uri_invalid', problem);
  }
  const clientId = wish.client_id ?? `${kind}-${randomBase62(random, 10)}`;
  if (clientId === accountClientId) {
    return failed('client_taken', `${clientId} is the account console’s own. Choose another id.`);
  }
  if (config.clients.some((client) => client.client_id === clientId)) {
    return failed('client_in_config', `${clientId} is a client of the config file. Choose another id.`);
  }
  const metadata = metadataOf({ clientId, kind, name: wish.name, redirectUri });
  const secret = hasSecret(kind) ? secretPrefix + randomBase62(random, secretLength) : undefined;
  if (secret !== undefined) metadata['client_secret'] = hashedSecret(secret);
  const createdAt = new Date(clock.now());
  const inserted = await stores.clients.insert({ clientId, source: 'database', metadata, createdAt });
  if (inserted === 'taken') {
    return failed('client_taken', `There is a client ${clientId} already. See: holdfast client list`);
  }
  events.clientAdded({ clientId });
  const snippet = snippetFor(kind, clientId, redirectUri, config);
  return done(
    {
      client_id: clientId,
      ...(secret === undefined ? {} : { client_secret: secret }),
      issuer: config.issuer,
      metadata: withoutSecret(metadata),
      ...(snippet === undefined ? {} : { snippet }),
    },
    [
      `Added ${clientId}.`,
      ...secretInWords(secret),
      ...hint(kind, clientId),
      ...(snippet ? [snippet] : []),
    ].join('\n\n'),
  );
}

export async function listClients({ config, stores }: AdminPorts): Promise<Outcome> {
  const stored = (await stores.clients.list()).filter(({ source }) => source === 'database');
  const clients = [
    ...config.clients.map((metadata) => ({
      source: 'config',
      metadata: { ...metadata } as Record<string, unknown>,
    })),
    ...stored.map(({ clientId, metadata }) => ({
      source: 'database',
      metadata: { ...metadata, client_id: clientId } as Record<string, unknown>,
    })),
  ];
  if (clients.length === 0) return done({ clients }, 'No clients. Add one: holdfast client add --native');
  const rows = clients.map(({ source, metadata }) => [
    textOf(metadata['client_id']),
    source,
    textOf(metadata['token_endpoint_auth_method'] ?? 'client_secret_basic'),
    textOf(metadata['redirect_uris']),
  ]);
  return done(
    { clients: clients.map(({ source, metadata }) => ({ source, ...withoutSecret(metadata) })) },
    columns([['CLIENT', 'FROM', 'AUTHENTICATION', 'REDIRECT URIS'], ...rows]),
  );
}

export async function removeClient(
  ports: AdminPorts,
  wish: z.output<typeof clientArguments>,
): Promise<Outcome> {
  const { config, stores, clock, events } = ports;
  const clientId = wish.client_id;
  const stored = await stores.clients.find(clientId);
  // A name in both is refused at start; then the database's one can be removed here.
  if (stored?.source !== 'database' && config.clients.some((client) => client.client_id === clientId)) {
    return failed(
      'client_in_config',
      `${clientId} is a client of the config file. Remove it there and restart.`,
    );
  }
  if (!(await stores.clients.remove(clientId, new Date(clock.now())))) {
    return failed('client_unknown', `There is no client ${clientId}. See: holdfast client list`);
  }
  events.clientRemoved({ clientId });
  return done({ client_id: clientId, removed: true }, `Removed ${clientId}. All its tokens are dead.`);
}

function textOf(value: unknown): string {
  if (Array.isArray(value) && value.length > 0) return value.map(textOf).join(' ');
  return typeof value === 'string' ? value : '-';
}

function withoutSecret(metadata: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { client_secret: _, ...rest } = metadata;
  return rest;
}

function secretInWords(secret: string | undefined): string[] {
  if (secret === undefined) return [];
  return [`Its secret, shown this once and kept only as a digest:\n\n  ${secret}`];
}

function hint(kind: ClientKind, clientId: string): string[] {
  if (kind !== 'resource-server') return [];
  return [`It may introspect tokens of the resources whose resource_servers in the config name ${clientId}.`];
}
