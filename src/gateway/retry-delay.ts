import type { Random } from '../lib/random.js';

export interface RetryDelay {
  /** Milliseconds until the next try. Longer after each failure, and never the same for all who failed together. */
  next(): number;
  /** After a success. */
  reset(): void;
}

/** Doubles from `first` to `most`; of that, a random part between the half and the whole. */
export function retryDelay(
  random: Random,
  { first, most }: { readonly first: number; readonly most: number },
): RetryDelay {
  let failures = 0;
  return {
    next: () => {
      const whole = Math.min(most, first * 2 ** failures);
      failures = Math.min(failures + 1, 30);
      return (whole / 2) * (1 + random.bytes(4).readUInt32BE() / 2 ** 32);
    },
    reset: () => {
      failures = 0;
    },
  };
}
