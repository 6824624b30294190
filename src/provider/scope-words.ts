import type { ResourceConfig } from '../config/schema.js';
import type { Tier } from '../stepup/tiers.js';
import type { Words } from '../web/words/words.js';
import { claimsByScope } from './claims.js';
import type { Interaction } from './interaction.js';
import { maySpend, spendingOf, spendingWords } from './spending-words.js';
import { everyTier, tierWords, type Language, type TierWords } from './tier-words.js';

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
  const claims = requestedClaims(interaction);
  const resourceScopes: Record<string, readonly string[]> = {};
  for (const { identifier, scope } of resources) {
    const known = scope.split(' ');
    const asked = named.includes(identifier) ? scopes.filter((each) => known.includes(each)) : [];
    const all = [...new Set([...asked, ...(missing[identifier] ?? [])])];
    if (all.length > 0) resourceScopes[identifier] = all;
  }
  const tells = (scope: string) => (claimsOf[scope] ?? []).some((claim) => claims.has(claim));
  return {
    oidcScopes: oidcScopes.filter((scope) => scopes.includes(scope) || tells(scope)),
    resourceScopes,
  };
}

/** By name, as a grant keeps them. */
export function asksOf(interaction: Interaction, resources: readonly ResourceConfig[]) {
  const { scope } = interaction.params;
  const requested = typeof scope === 'string' ? scope.split(' ') : [];
  return {
    oidcScopes: oidcScopes.filter((each) => requested.includes(each)),
    claims: [...requestedClaims(interaction)].filter((claim) =>
      Object.values(claimsOf).flat().includes(claim),
    ),
    resourceScopes: askedFor(interaction, resources).resourceScopes,
  };
}

/** What each scope tells of a person. */
const claimsOf: Readonly<Record<string, readonly string[]>> = {
  profile: claimsByScope.profile,
  email: claimsByScope.email,
};

/** OIDC Core §5.5: `claims` asks for the same facts as scopes do, one by one; she must see them all the same. */
function requestedClaims({ params }: Interaction): ReadonlySet<string> {
  // oidc-provider has checked that it is JSON, and that its members are objects or null.
  const asked = typeof params['claims'] === 'string' ? (JSON.parse(params['claims']) as ClaimsRequest) : {};
  return new Set([asked.userinfo, asked.id_token].flatMap((claims) => Object.keys(claims ?? {})));
}

interface ClaimsRequest {
  readonly userinfo?: Readonly<Record<string, unknown>> | null;
  readonly id_token?: Readonly<Record<string, unknown>> | null;
}

export function missingResourceScopes({ prompt }: Interaction): Record<string, string[]> {
  return (prompt.details['missingResourceScopes'] ?? {}) as Record<string, string[]>;
}

/** All that the consent page says of a request. */
export function asksFor(
  interaction: Interaction,
  resources: readonly ResourceConfig[],
  tiers: readonly Tier[],
  language: Language,
) {
  const { words } = language;
  const asked = askedFor(interaction, resources);
  const said = tierWords(tiers, language);
  return {
    abilities: abilitiesOf(asked, words, said),
    limits: limitsOf(asked, words),
    spending: spendingWords(spendingOf(asked, said), words),
  };
}

/**
 * The scopes in plain words, one sentence each.
 * @param tiers tells calls of models apart; left out where that is too much
 */
export function abilitiesOf(
  asked: Asked,
  { consent: { scopes: words } }: Words,
  tiers?: TierWords,
): string[] {
  const has = (scope: string) => asked.oidcScopes.includes(scope);
  const identity = identityWords(words, has('profile'), has('email'));
  const resources = Object.entries(asked.resourceScopes);
  const abilities = resources.flatMap(([identifier, scopes]) => {
    const { host } = new URL(identifier);
    const known: Readonly<Record<string, readonly string[]>> = {
      'model:read': [resources.length > 1 ? words.readModelsAt(host) : words.readModels],
      'model:call': callsOf(resources.length > 1 ? host : undefined, words, tiers),
    };
    return scopes.flatMap((scope) => known[scope] ?? [words.other(scope, host)]);
  });
  const stays = has('offline_access') ? [words.stay] : [];
  return [...new Set([identity, ...abilities, ...stays])];
}

/** @param host where there are several */
function callsOf(
  host: string | undefined,
  words: Words['consent']['scopes'],
  { free, anyFree, demanding }: TierWords = everyTier,
): string[] {
  const models = free === undefined ? words.callModels : words.callTier(free);
  const modelsAt = (at: string) => (free === undefined ? words.callModelsAt(at) : words.callTierAt(free, at));
  return [...(anyFree ? [host === undefined ? models : modelsAt(host)] : []), ...demanding];
}

/** What no consent gives. */
export function limitsOf(asked: Asked, { consent: { limits: words } }: Words): string[] {
  return [
    ...(Object.keys(asked.resourceScopes).length > 0 ? [words.otherDevice] : []),
    ...(maySpend(asked) ? [] : [words.spend]),
    words.passkeys,
  ];
}

function identityWords(words: Words['consent']['scopes'], profile: boolean, email: boolean): string {
  if (profile && email) return words.nameAndEmail;
  if (profile) return words.name;
  return email ? words.email : words.identity;
}
