import type { Outcome } from './outcome.js';

/** Exit codes of the command line, as its help tells them. */
export const exitCodes = { done: 0, refused: 1, usage: 2, unavailable: 3 } as const;

export interface Printer {
  out(text: string): void;
  error(text: string): void;
}

/** Prints the outcome for a person, or as one JSON object for a program; returns the exit code. */
export function report(outcome: Outcome, json: boolean, printer: Printer): number {
  if (json) printer.out(JSON.stringify(asJson(outcome), null, 2));
  else if (outcome.ok) printer.out(outcome.text);
  else printer.error(outcome.message);
  return exitCodeOf(outcome);
}

function asJson(outcome: Outcome): object {
  if (outcome.ok) return { ok: true, ...outcome.result };
  return { ok: false, error: outcome.error, message: outcome.message };
}

function exitCodeOf(outcome: Outcome): number {
  if (outcome.ok) return exitCodes.done;
  switch (outcome.error) {
    case 'usage':
    case 'config_invalid':
      return exitCodes.usage;
    case 'database_unavailable':
    case 'data_folder_locked':
      return exitCodes.unavailable;
    default:
      return exitCodes.refused;
  }
}
