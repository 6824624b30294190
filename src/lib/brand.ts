/** A string that only its own kind may stand for: `Brand<string, 'AccountId'>`. */
export type Brand<Base, Name extends string> = Base & { readonly __brand: Name };
