import type { GuardOptions } from './guard-options.js';

const names = {
  issuer: 'HOLDFAST_ISSUER',
  resource: 'HOLDFAST_RESOURCE',
  clientId: 'HOLDFAST_CLIENT_ID',
  clientSecret: 'HOLDFAST_CLIENT_SECRET',
} as const;

type FromEnvironment = Pick<GuardOptions, 'issuer' | 'resource' | 'publicUrl'> & {
  readonly clientId: string;
  readonly clientSecret: string;
};

/**
 * What a guard must be told, from environment variables: `HOLDFAST_ISSUER`, `HOLDFAST_RESOURCE`, `HOLDFAST_CLIENT_ID`,
 * `HOLDFAST_CLIENT_SECRET`, and where clients reach this server under another origin than that of the resource,
 * `HOLDFAST_PUBLIC_URL`. Throws with all that is missing.
 */
export function readGuardOptions(environment: Readonly<Record<string, string | undefined>>): FromEnvironment {
  const missing = Object.values(names).filter((name) => !environment[name]);
  if (missing.length > 0) throw new Error(`set ${missing.join(', ')}`);
  const value = (name: string): string => environment[name] ?? '';
  const resource = value(names.resource);
  return {
    issuer: value(names.issuer),
    resource,
    publicUrl: environment['HOLDFAST_PUBLIC_URL'] ?? new URL(resource).origin,
    clientId: value(names.clientId),
    clientSecret: value(names.clientSecret),
  };
}
