/** What a random test draws from; the same seed draws the same again. */
export interface Draw {
  /** One of these; what comes more often stands more often. */
  of<Choice>(...choices: readonly Choice[]): Choice;
  chance(share: number): boolean;
}

/** mulberry32 */
export function drawFrom(seed: number): Draw {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    of: (...choices) => choices[Math.floor(next() * choices.length)] as (typeof choices)[number],
    chance: (share) => next() < share,
  };
}
