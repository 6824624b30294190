import { parse } from 'yaml';
import { readExample, send, type Fields, type Passing, type Play, type Reply } from './played-proxy.js';
import type { ProxyPlace } from './proxied-models.js';

interface Patterns {
  readonly patterns: readonly { readonly exact?: string; readonly prefix?: string }[];
}

interface Authorization {
  readonly failure_mode_allow: boolean;
  readonly with_request_body: { readonly max_request_bytes: number };
  readonly allowed_headers: Patterns;
  readonly http_service: {
    readonly server_uri: { readonly uri: string };
    readonly path_prefix: string;
    readonly authorization_request: { readonly headers_to_add: readonly { key: string; value: string }[] };
    readonly authorization_response: {
      readonly allowed_upstream_headers: Patterns;
      readonly allowed_client_headers: Patterns;
      readonly allowed_client_headers_on_success: Patterns;
    };
  };
}

interface VirtualHost {
  readonly request_headers_to_remove: readonly string[];
  readonly routes: readonly { match: { path?: string; prefix?: string }; route: { cluster: string } }[];
}

interface Connections {
  readonly http_filters: readonly { name: string; typed_config: unknown }[];
  readonly route_config: { readonly virtual_hosts: readonly [VirtualHost] };
}

/** Envoy, as its reference describes the HTTP service of ext_authz, by examples/envoy/envoy.yaml. */
export function playEnvoy(place: ProxyPlace): Play {
  const text = readExample('envoy/envoy.yaml', place).replace('THE_SECRET_OF_THE_PROXY', place.secret);
  const { static_resources: resources } = parse(text) as {
    static_resources: { listeners: [{ filter_chains: [{ filters: [{ typed_config: Connections }] }] }] };
  };
  const { http_filters: filters, route_config: routes } =
    resources.listeners[0].filter_chains[0].filters[0].typed_config;
  const asks = filters.find(({ name }) => name.endsWith('ext_authz'))?.typed_config as Authorization;
  const [host] = routes.virtual_hosts;
  return async (passing) => {
    // headers_with_underscores_action, path_with_escaped_slashes_action, use_remote_address, normalize_path
    if ([...passing.fields.keys()].some((name) => name.includes('_')) || /%2f|%5c/i.test(passing.path))
      return plain(400);
    passing.fields.set('x-forwarded-for', [...(passing.fields.get('x-forwarded-for') ?? []), '127.0.0.1']);
    const { pathname, search } = new URL(passing.path, 'http://normal.example');
    passing.path = pathname + search;
    const found = host.routes.find(({ match }) =>
      match.path === undefined ? pathname.startsWith(match.prefix ?? '') : pathname === match.path,
    );
    if (!found) return plain(404);
    if (found.route.cluster === 'holdfast') return `http://127.0.0.1:${place.gatewayPort}`;
    if (passing.method === 'OPTIONS') {
      return {
        ...plain(200),
        fields: new Map([['access-control-allow-headers', ['authorization, dpop, content-type']]]),
      };
    }
    const answer = await ask(asks, passing);
    for (const name of host.request_headers_to_remove) passing.fields.delete(name);
    return answer ?? `http://127.0.0.1:${place.modelsPort}`;
  };
}

async function ask(
  asks: Authorization,
  { method, path, fields, body, onAnswer }: Passing,
): Promise<Reply | undefined> {
  const { server_uri: server, path_prefix: prefix, ...service } = asks.http_service;
  const told = service.authorization_response;
  if (body.length > asks.with_request_body.max_request_bytes) return plain(413);
  const asked = only(fields, asks.allowed_headers);
  for (const { key, value } of service.authorization_request.headers_to_add) asked.set(key, [value]);
  asked.set('host', fields.get('host') ?? []);
  // What came twice is one field to Envoy, joined by a comma.
  for (const [name, values] of asked) asked.set(name, [values.join(',')]);
  const answer = await send(server.uri + prefix + path, method, asked, body).catch(() => plain(500));
  if (answer.status >= 500) return plain(503);
  if (answer.status !== 200) return { ...answer, fields: only(answer.fields, told.allowed_client_headers) };
  for (const [name, values] of only(answer.fields, told.allowed_upstream_headers)) fields.set(name, values);
  for (const [name, values] of only(answer.fields, told.allowed_client_headers_on_success))
    onAnswer.set(name, values);
  return undefined;
}

function only(fields: Fields, { patterns }: Patterns): Fields {
  const fits = (name: string) =>
    patterns.some(({ exact, prefix }) => name === exact || (prefix !== undefined && name.startsWith(prefix)));
  return new Map([...fields].filter(([name]) => fits(name)));
}

function plain(status: number): Reply {
  return { status, fields: new Map(), body: Buffer.alloc(0) };
}
