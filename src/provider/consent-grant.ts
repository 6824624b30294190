import type { Provider } from 'oidc-provider';
import { refuse } from '../lib/refusal.js';
import type { Interaction } from './interaction.js';
import { missingResourceScopes } from './scope-words.js';

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

async function grantOf(provider: Provider, { client, accountId, grantId }: Interaction) {
  if (accountId === undefined) throw refuse('interaction_gone', 'consent without a session');
  const existing = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  if (existing) return existing;
  return new provider.Grant({ accountId, clientId: client.clientId });
}
