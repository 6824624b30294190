import { references, type Name, type Reference } from './competitors.js';

/** One thing that was measured on every server, in alternating rounds. */
export interface Measurement {
  readonly bench: string;
  readonly variant: string;
  readonly unit: string;
  /** A figure for each round. */
  readonly rounds: ReadonlyMap<Name, readonly number[]>;
  /** Which servers it can be compared with; default: all. */
  readonly against?: readonly Reference[];
}

/** One line of output (DESIGN: contracts). */
export interface Line {
  readonly bench: string;
  readonly variant: string;
  readonly value: number;
  readonly unit: string;
  readonly reference: Reference;
  /** Ours to the reference's, by their medians; null where only the reference's is zero. */
  readonly ratio: number | null;
  readonly min: number;
  readonly max: number;
}

function linesOf({ bench, variant, unit, rounds, against = references }: Measurement): Line[] {
  const ours = rounds.get('holdfast') ?? [];
  const value = median(ours);
  return against.map((reference) => {
    const theirs = median(rounds.get(reference) ?? []);
    return {
      bench,
      variant,
      value: rounded(value),
      unit,
      reference,
      ratio: ratioOf(value, theirs),
      min: rounded(Math.min(...ours)),
      max: rounded(Math.max(...ours)),
    };
  });
}

function ratioOf(value: number, theirs: number): number | null {
  if (theirs !== 0) return rounded(value / theirs);
  return value === 0 ? 1 : null;
}

/** Prints a measurement's lines and returns them. */
export function print(measurement: Measurement): Line[] {
  const lines = linesOf(measurement);
  for (const line of lines) process.stdout.write(`${JSON.stringify(line)}\n`);
  return lines;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = 0, high = 0] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (low + high) / 2;
}

/** Three digits that mean something. */
function rounded(value: number): number {
  return Number(value.toPrecision(value >= 1000 ? 5 : 3));
}
