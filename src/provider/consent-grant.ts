import type { Provider } from 'oidc-provider';
import type { ResourceConfig } from '../config/schema.js';
import { refuse } from '../lib/refusal.js';
import type { Interaction } from './interaction.js';
import { asksOf, missingResourceScopes } from './scope-words.js';

/** Saves what the person allowed: a new grant, or more on the one there is. Returns its id. */
export async function grantConsent(provider: Provider, interaction: Interaction): Promise<string> {
  const grant = await grantOf(provider, interaction);
  const { details } = interaction.prompt;
  const scopes = details['missingOIDCScope'] as string[] | undefined;
  const claims = details['missingOIDCClaims'] as string[] | undefined;
  if (scopes) grant.addOIDCScope(scopes.join(' '));
  if (claims) grant.addOIDCClaims(claims);
  for (const [resource, missing] of Object.entries(missingResourceScopes(interaction))) {
    grant.addResourceScope(resource, missing.join(' '));
  }
  return await grant.save();
}

/**
 * The interaction as its consent prompt would have it. At the login prompt nobody has looked yet at what she allowed this
 * client before.
 */
export async function withMissing(
  provider: Provider,
  interaction: Interaction,
  resources: readonly ResourceConfig[],
): Promise<Interaction> {
  const { grantId, prompt } = interaction;
  if (prompt.name === 'consent') return interaction;
  const grant = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  const { oidcScopes, claims, resourceScopes } = asksOf(interaction, resources);
  const missing = (asked: readonly string[], given: string | readonly string[] | undefined) => {
    const had = typeof given === 'string' ? given.split(' ') : (given ?? []);
    return asked.filter((each) => !had.includes(each));
  };
  const resourceMissing = Object.entries(resourceScopes)
    .map(([id, scopes]) => [id, missing(scopes, grant?.getResourceScope(id))] as const)
    .filter(([, scopes]) => scopes.length > 0);
  const oidcMissing = missing(oidcScopes, grant?.getOIDCScope());
  const claimsMissing = missing(claims, grant?.getOIDCClaims());
  const details = {
    ...prompt.details,
    ...(oidcMissing.length > 0 && { missingOIDCScope: oidcMissing }),
    ...(claimsMissing.length > 0 && { missingOIDCClaims: claimsMissing }),
    ...(resourceMissing.length > 0 && { missingResourceScopes: Object.fromEntries(resourceMissing) }),
  };
  return { ...interaction, prompt: { ...prompt, details } };
}

async function grantOf(provider: Provider, { client, accountId, grantId }: Interaction) {
  if (accountId === undefined) throw refuse('interaction_gone', 'consent without a session');
  const existing = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  if (existing) return existing;
  return new provider.Grant({ accountId, clientId: client.clientId });
}
