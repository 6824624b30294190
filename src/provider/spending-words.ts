import type { Words } from '../web/words/words.js';
import type { Asked } from './scope-words.js';
import type { TierWords } from './tier-words.js';

/**
 * What a consent lets the client spend. `open`: it may call models, and nothing here limits what that costs.
 * `approved`: nothing but what she approves besides. Prices and caps, once there are any, add the kind that has an amount.
 */
export type Spending =
  { readonly kind: 'nothing' } | { readonly kind: 'open' } | { readonly kind: 'approved' };

const harmless = new Set(['model:read']);

/** A scope of a resource that we know nothing of may cost something. */
export function maySpend({ resourceScopes }: Asked): boolean {
  return Object.values(resourceScopes).some((scopes) => scopes.some((each) => !harmless.has(each)));
}

export function spendingOf(asked: Asked, { allApproved }: Pick<TierWords, 'allApproved'>): Spending {
  if (!maySpend(asked)) return { kind: 'nothing' };
  return { kind: allApproved ? 'approved' : 'open' };
}

/** What stands beside the client's name and never scrolls away; undefined where nothing can be spent. */
export function spendingWords({ kind }: Spending, { consent }: Words): string | undefined {
  return kind === 'nothing' ? undefined : consent.spending[kind];
}
