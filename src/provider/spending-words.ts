import type { Words } from '../web/words/words.js';
import type { Asked } from './scope-words.js';

/**
 * What a consent lets the client spend. `open`: it may call models, and nothing here limits what that costs. Prices and
 * caps, once there are any, add the kind that has an amount.
 */
export type Spending = { readonly kind: 'nothing' } | { readonly kind: 'open' };

const harmless = new Set(['model:read']);

/** A scope of a resource that we know nothing of may cost something. */
export function spendingOf({ resourceScopes }: Asked): Spending {
  const costly = Object.values(resourceScopes).some((scopes) => scopes.some((each) => !harmless.has(each)));
  return { kind: costly ? 'open' : 'nothing' };
}

/** What stands beside the client's name and never scrolls away; undefined where nothing can be spent. */
export function spendingWords({ kind }: Spending, { consent }: Words): string | undefined {
  return kind === 'open' ? consent.spending.open : undefined;
}
