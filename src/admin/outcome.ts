/** What became of a command: the same facts for a program (`--json`) and for a person. */
export type Outcome =
  | { readonly ok: true; readonly result: object; readonly text: string }
  | { readonly ok: false; readonly error: string; readonly message: string };

export function done(result: object, text: string): Outcome {
  return { ok: true, result, text };
}

/** @param error a stable name for programs; @param message what went wrong and what to do */
export function failed(error: string, message: string): Outcome {
  return { ok: false, error, message };
}

/** Columns of equal width; the last one is not padded. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, index) => Math.max(cell.length, widest[index] ?? 0)),
    [],
  );
  return rows
    .map((row) =>
      row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0))),
    )
    .map((cells) => cells.join('  '))
    .join('\n');
}
