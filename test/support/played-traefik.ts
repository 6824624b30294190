import { parse } from 'yaml';
import { readExample, send, type Fields, type Passing, type Play, type Reply } from './played-proxy.js';
import type { ProxyPlace } from './proxied-models.js';

interface Middleware {
  readonly headers?: {
    readonly customRequestHeaders: Readonly<Record<string, string>>;
    readonly accessControlAllowMethods?: readonly string[];
    readonly accessControlAllowHeaders?: readonly string[];
    readonly accessControlAllowOriginList?: readonly string[];
  };
  readonly forwardAuth?: {
    readonly address: string;
    readonly trustForwardHeader: boolean;
    readonly authRequestHeaders: readonly string[];
    readonly authResponseHeaders: readonly string[];
  };
  readonly stripPrefix?: { readonly prefixes: readonly string[] };
}

interface Settings {
  readonly http: {
    readonly routers: Readonly<
      Record<string, { rule: string; middlewares?: readonly string[]; service: string }>
    >;
    readonly middlewares: Readonly<Record<string, Middleware>>;
    readonly services: Readonly<Record<string, { loadBalancer: { servers: readonly { url: string }[] } }>>;
  };
}

/** Traefik, as its reference describes Headers, ForwardAuth and StripPrefix, by examples/traefik/models.yaml. */
export function playTraefik(place: ProxyPlace): Play {
  const text = readExample('traefik/models.yaml', place).replace(
    /\{\{ env "HOLDFAST_AUTHZ_SECRET" \}\}/,
    place.secret,
  );
  const { routers, middlewares, services } = (parse(text) as Settings).http;
  return async (passing) => {
    const router = Object.values(routers).find(({ rule }) => fits(rule, passing.path));
    if (!router) return { status: 404, fields: new Map(), body: Buffer.alloc(0) };
    for (const name of router.middlewares ?? []) {
      // oxlint-disable-next-line no-await-in-loop
      const answer = await pass(middlewares[name] ?? {}, passing);
      if (answer) return answer;
    }
    return services[router.service]?.loadBalancer.servers[0]?.url ?? '';
  };
}

function fits(rule: string, target: string): boolean {
  const [, kind, path = ''] = /^(Path|PathPrefix)\(`(.*)`\)$/.exec(rule) ?? [];
  const asked = target.replace(/\?.*$/, '');
  return kind === 'Path' ? asked === path : asked.startsWith(path);
}

async function pass(
  { headers, forwardAuth, stripPrefix }: Middleware,
  passing: Passing,
): Promise<Reply | undefined> {
  if (headers?.accessControlAllowMethods && passing.method === 'OPTIONS') {
    const fields: Fields = new Map([
      ['access-control-allow-headers', headers.accessControlAllowHeaders ?? []],
    ]);
    return { status: 200, fields, body: Buffer.alloc(0) };
  }
  for (const [name, value] of Object.entries(headers?.customRequestHeaders ?? {}))
    set(passing.fields, name, value);
  if (headers?.accessControlAllowOriginList) passing.onAnswer.set('access-control-allow-origin', ['*']);
  const prefix = stripPrefix?.prefixes.find((each) => passing.path.startsWith(each));
  if (prefix !== undefined) passing.path = passing.path.slice(prefix.length);
  return forwardAuth && ask(forwardAuth, passing);
}

async function ask(
  { address, authRequestHeaders, authResponseHeaders }: NonNullable<Middleware['forwardAuth']>,
  { method, path, fields }: Passing,
): Promise<Reply | undefined> {
  const asked: Fields = new Map();
  for (const name of authRequestHeaders) asked.set(name.toLowerCase(), fields.get(name.toLowerCase()) ?? []);
  // trustForwardHeader is false: these are of Traefik's own making.
  set(asked, 'x-forwarded-method', method);
  set(asked, 'x-forwarded-uri', path);
  set(asked, 'x-forwarded-proto', 'http');
  set(asked, 'x-forwarded-host', fields.get('host')?.[0] ?? '');
  set(asked, 'x-forwarded-for', '127.0.0.1');
  const answer = await send(address, 'GET', asked);
  if (answer.status < 200 || answer.status > 299) return answer;
  for (const name of authResponseHeaders) {
    const key = name.toLowerCase();
    fields.delete(key);
    const told = answer.fields.get(key);
    if (told) fields.set(key, told);
  }
  return undefined;
}

function set(fields: Fields, name: string, value: string): void {
  if (value === '') fields.delete(name.toLowerCase());
  else fields.set(name.toLowerCase(), [value]);
}
