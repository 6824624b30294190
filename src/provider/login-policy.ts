import { errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import type { Acr } from '../accounts/authentication.js';
import { acrDemandOf, meetsDemand } from './acr-demand.js';

const { Check } = interactionPolicy;

/** Of oidc-provider's own: compares for equality, so that a stronger login loops, and lets acr_values overwrite it. */
const replaced = ['essential_acrs', 'essential_acr'];

/** Reasons for which a person who is signed in is asked to prove herself again; not: to be somebody else. */
const asksAgain = new Set(['login_prompt', 'max_age', 'acr_unmet']);

/** When a person is asked to log in, and when to agree. */
export function loginPolicy(supported: readonly Acr[]): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base();
  const checks = policy.get('login')?.checks;
  for (const reason of replaced) {
    if (!checks?.get(reason)) throw new Error(`oidc-provider has no check ${reason}`);
    checks.remove(reason);
  }
  checks?.add(
    new Check(
      'acr_unmet',
      'the session is weaker than the request demands',
      'unmet_authentication_requirements',
      (ctx) => needsStrength(ctx, supported),
    ),
  );
  return policy;
}

/** Whether the login prompt asks the person who is signed in to confirm that it is she, now or more strongly. */
export function asksSamePerson({
  prompt,
  accountId,
}: {
  readonly prompt: { readonly name: string; readonly reasons: readonly string[] };
  readonly accountId: string | undefined;
}): boolean {
  return (
    prompt.name === 'login' &&
    accountId !== undefined &&
    prompt.reasons.every((reason) => asksAgain.has(reason))
  );
}

function needsStrength(ctx: KoaContextWithOIDC, supported: readonly Acr[]): boolean {
  const { acr, params, result, session } = ctx.oidc;
  const demand = acrDemandOf(params ?? {}, supported);
  // OIDC Core §5.5.1.1: no login could meet it, so nobody is asked for one.
  if (demand === 'impossible') throw unmet('no value of the essential acr is supported');
  // `no_session` asks.
  if (session?.accountId === undefined || meetsDemand({ demand }, acr)) return false;
  // RFC 9470 §5: a login that stayed weak ends the request; asking again would be a circle.
  if (result?.login !== undefined) throw unmet('the login was weaker than the request demands');
  return true;
}

function unmet(detail: string): Error {
  return new errors.UnmetAuthenticationRequirements(detail);
}
