import { proxyNames, type ProxyName } from './proxies.js';

/** What `holdfast gateway` was told of external authorization. */
export interface AuthorizationWish {
  readonly authz?: string;
  readonly authzSecretFile?: string;
}

export interface AuthorizationSettings {
  readonly proxy: ProxyName;
  /** Undefined: the secret is in the environment. */
  readonly secretFile: string | undefined;
}

/** Undefined: no proxy asks here. What is wrong goes to `problems`. */
export function readAuthorization(
  { authz, authzSecretFile }: AuthorizationWish,
  secret: string | undefined,
  problems: string[],
): AuthorizationSettings | undefined {
  if (authz === undefined) return undefined;
  const proxy = proxyNames.find((name) => name === authz);
  if (proxy === undefined) problems.push(`--authz must be one of ${proxyNames.join(', ')}`);
  if ((secret === undefined) === (authzSecretFile === undefined)) {
    problems.push(
      'give the secret of the proxy in --authz-secret-file or in HOLDFAST_AUTHZ_SECRET, in one of them (openssl rand -hex 32)',
    );
  }
  return proxy && { proxy, secretFile: authzSecretFile };
}
