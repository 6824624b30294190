import type { ResourceConfig } from '../config/schema.js';
import type { Interaction } from './interaction.js';

/** What a consent would let the client do, by scope. */
export interface Asked {
  readonly oidcScopes: readonly string[];
  /** Scopes by resource identifier. */
  readonly resourceScopes: Readonly<Record<string, readonly string[]>>;
}

const oidcScopes = ['openid', 'profile', 'email', 'offline_access'];

/** Everything asked for, granted before or not: she answers for the whole. */
export function askedFor(interaction: Interaction, resources: readonly ResourceConfig[]): Asked {
  const { scope: requested } = interaction.params;
  const scopes = typeof requested === 'string' ? requested.split(' ') : [];
  const named = [interaction.params['resource'] ?? []].flat();
  const missing = missingResourceScopes(interaction);
  const resourceScopes: Record<string, readonly string[]> = {};
  for (const { identifier, scope } of resources) {
    const known = scope.split(' ');
    const asked = named.includes(identifier) ? scopes.filter((each) => known.includes(each)) : [];
    const all = [...new Set([...asked, ...(missing[identifier] ?? [])])];
    if (all.length > 0) resourceScopes[identifier] = all;
  }
  return { oidcScopes: oidcScopes.filter((scope) => scopes.includes(scope)), resourceScopes };
}

export function missingResourceScopes({ prompt }: Interaction): Record<string, string[]> {
  return (prompt.details['missingResourceScopes'] ?? {}) as Record<string, string[]>;
}

const words: Readonly<Record<string, string>> = {
  openid: 'Know that it is you',
  offline_access: 'Stay connected until you remove it',
  'model:read': 'See which models you can use',
  'model:call': 'Call models for you',
};

/** The scopes in plain words, one sentence each. */
export function abilitiesOf(asked: Asked): string[] {
  const has = (scope: string) => asked.oidcScopes.includes(scope);
  const identity = identityWords(has('profile'), has('email'));
  const abilities = Object.entries(asked.resourceScopes).flatMap(([identifier, scopes]) =>
    scopes.map((scope) => words[scope] ?? `Use “${scope}” at ${new URL(identifier).host}`),
  );
  const stays = has('offline_access') ? [words['offline_access'] ?? ''] : [];
  return [...new Set([identity, ...abilities, ...stays])];
}

/** What no consent gives. */
export function limitsOf(asked: Asked): string[] {
  const spends = Object.keys(asked.resourceScopes).length > 0;
  return [
    ...(spends ? ['Use its access from another device'] : ['Call a model or spend anything']),
    'See or change your passkeys',
  ];
}

function identityWords(profile: boolean, email: boolean): string {
  if (profile && email) return 'See your name and e-mail';
  if (profile) return 'See your name';
  if (email) return 'See your e-mail';
  return words['openid'] ?? '';
}
