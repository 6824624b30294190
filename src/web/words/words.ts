import type { Locale } from '../../lib/locale.js';
import { en } from './en/index.js';
import { zhHant } from './zh-hant/index.js';

/** The shape of the English catalogue, with any text in the place of each English one. */
type Catalogue<Part> = Part extends string
  ? string
  : Part extends (...values: infer Values) => infer Said
    ? (...values: Values) => Said extends string ? string : Said
    : Part extends readonly (infer Item)[]
      ? readonly Catalogue<Item>[]
      : { readonly [Name in keyof Part]: Catalogue<Part[Name]> };

/** Every text that a person reads, in one language; `words.login.title`. */
export type Words = Catalogue<typeof en>;

export const catalogue: Readonly<Record<Locale, Words>> = { en, 'zh-Hant': zhHant };
