/** How a gate is left: `open`: the next may come at once; otherwise not before. */
export type GateClosing =
  | { readonly kind: 'open' }
  /** After a denial; waits in seconds, longer each time. */
  | { readonly kind: 'denied'; readonly waits: readonly number[]; readonly forgetAfter: number }
  | { readonly kind: 'blocked'; readonly until: Date };

/**
 * Lets one request through at a time (threat 15). One gate is of client and hint, whether the hint names anybody or not:
 * what the client is told depends on it alone. Another is of client and person, for several hints may name one.
 * Digests are keyed.
 */
export interface BackchannelGateStore {
  /** Passes until `until`, by one statement. Undefined: passed; else when it may be tried again. */
  pass(digest: Uint8Array, until: Date, now: Date): Promise<Date | undefined>;
  close(digest: Uint8Array, how: GateClosing, now: Date): Promise<void>;
}
