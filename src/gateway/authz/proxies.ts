import type { IncomingMessage } from 'node:http';
import { accepted, refused, type Result } from '../../lib/result.js';
import { fieldOf, fieldsOf, lastAddress, readTarget, type ProxiedRequest } from './proxied-request.js';

/** The proxies whose ways are known. */
export const proxyNames = ['nginx', 'envoy', 'traefik', 'caddy'] as const;
export type ProxyName = (typeof proxyNames)[number];

/**
 * How a proxy tells of the request that it asks about. Each believes the fields that its own proxy sets, and no others: to
 * the rest of them any other field is one of the client's.
 */
export interface Proxy {
  /** @param path of the address, without query */
  readonly asksAt: (path: string) => boolean;
  readonly read: (request: IncomingMessage) => Result<ProxiedRequest>;
  /** Whether what the client is told can only be handed over in a field. */
  readonly dropsBody: boolean;
}

const place = '/authz';

const nginx: Proxy = {
  asksAt: (path) => path === place,
  read: (request) => named(request, 'x-original-method', 'x-original-uri', 'x-real-ip'),
  dropsBody: true,
};

const forwarding: Proxy = {
  asksAt: (path) => path === place,
  read: (request) => named(request, 'x-forwarded-method', 'x-forwarded-uri', 'x-forwarded-for'),
  dropsBody: false,
};

/** Envoy asks with the client's own method, at its path_prefix and then the client's path and query. */
const envoy: Proxy = {
  asksAt: (path) => path.startsWith(`${place}/`),
  read(request) {
    const [, rule, target] = /^\/authz\/([^/?]+)(\/.*)$/s.exec(request.url ?? '') ?? [];
    if (rule === undefined || target === undefined) {
      return refused('proxy_misconfigured', 'path_prefix is not /authz/RULE');
    }
    const asked = readTarget(request.method ?? '', target);
    return asked.ok
      ? accepted({ ...asked.value, ...lastAddress(fieldsOf(request, 'x-forwarded-for')), rule })
      : asked;
  },
  dropsBody: false,
};

export const proxies: Readonly<Record<ProxyName, Proxy>> = {
  nginx,
  envoy,
  traefik: forwarding,
  caddy: forwarding,
};

function named(
  request: IncomingMessage,
  methodField: string,
  targetField: string,
  addressField: string,
): Result<ProxiedRequest> {
  const method = fieldOf(request, methodField);
  if (!method.ok) return method;
  const target = fieldOf(request, targetField);
  if (!target.ok) return target;
  const asked = readTarget(method.value, target.value);
  if (!asked.ok) return asked;
  const [, rule = ''] = (request.url ?? '').split(/\?(.*)/s);
  return accepted({ ...asked.value, ...lastAddress(fieldsOf(request, addressField)), rule });
}
