import { amountIn, listIn, spanIn } from '../lib/figures.js';
import type { Locale } from '../lib/locale.js';
import { readDollars } from '../lib/money.js';
import { isPaid } from '../stepup/tier-policy.js';
import type { Tier } from '../stepup/tiers.js';
import type { Words } from '../web/words/words.js';

export interface Language {
  readonly locale: Locale;
  readonly words: Words;
}

/** How a consent speaks of the tiers. */
export interface TierWords {
  /** Titles of those that ask no more than that she is signed in; undefined where that is all of them, or none. */
  readonly free: string | undefined;
  /** Whether there are any such. */
  readonly anyFree: boolean;
  /** For the others a sentence each, or one for those that ask the same. */
  readonly demanding: readonly string[];
  /** Whether each call needs an approval of hers. */
  readonly allApproved: boolean;
}

/** As if there were no tiers to tell apart. */
export const everyTier: TierWords = { free: undefined, anyFree: true, demanding: [], allApproved: false };

export function tierWords(tiers: readonly Tier[], language: Language): TierWords {
  const titles = (of: readonly Tier[]) =>
    listIn(
      language.locale,
      of.map(({ title }) => title),
    );
  const free = tiers.filter(isFree);
  const alike = new Map<string, Tier[]>();
  for (const tier of tiers.filter((each) => !isFree(each))) {
    const { acr, max_age: age, approval, approval_lifetime: life, budget } = tier;
    const demand = JSON.stringify([acr, age, approval, life, budget]);
    alike.set(demand, [...(alike.get(demand) ?? []), tier]);
  }
  return {
    free: free.length > 0 && free.length < tiers.length ? titles(free) : undefined,
    anyFree: free.length > 0,
    demanding: [...alike.values()].flatMap((of) => (of[0] ? [sentenceOf(of[0], titles(of), language)] : [])),
    allApproved: tiers.every(({ approval }) => approval !== 'none'),
  };
}

/** Whoever consents is signed in, so a login of any kind and age asks nothing of her. */
function isFree({ acr = 'urn:holdfast:acr:basic', max_age: maxAge, approval }: Tier): boolean {
  return acr === 'urn:holdfast:acr:basic' && maxAge === undefined && approval === 'none';
}

function sentenceOf(tier: Tier, titles: string, { locale, words: { consent } }: Language): string {
  const { acr, max_age: maxAge, approval, approval_lifetime: lifetime, budget } = tier;
  const words = consent.tiers;
  switch (approval) {
    case 'session':
      return words.session(titles, spanIn(locale, lifetime));
    case 'budget':
      return words.budget(titles, amountIn(locale, readDollars(budget ?? '') ?? 0));
    case 'call':
      return words.call(titles);
    case 'none': {
      const time = maxAge === undefined ? undefined : spanIn(locale, maxAge);
      if (acr === 'urn:holdfast:acr:phrh') {
        return time === undefined ? words.byHardwareKey(titles) : words.afterHardwareKey(titles, time);
      }
      if (acr === 'urn:holdfast:acr:phr') {
        return time === undefined ? words.byPasskey(titles) : words.afterPasskey(titles, time);
      }
      return words.afterSignIn(titles, time ?? '');
    }
  }
}

/** `Premium and Frontier models`: what an account that is held waits for. */
export function paidModels(tiers: readonly Tier[], { locale, words }: Language): string {
  const titles = tiers.filter(isPaid).map(({ title }) => title);
  return titles.length > 0 ? words.common.modelsOf(listIn(locale, titles)) : words.common.paidModels;
}
