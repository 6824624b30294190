import type { Clock } from '../../lib/clock.js';
import type { Random } from '../../lib/random.js';
import type { RunProgram } from './keystore/run-program.js';

/** What a command has of the process that it runs in. */
export interface Terminal {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly fetch: typeof fetch;
  readonly run: RunProgram;
  /** Results, for programs and people. */
  out(text: string | Uint8Array): void;
  /** For whoever sits there. */
  say(text: string): void;
  /** A QR code in characters. */
  qrCode(text: string): string;
  readBytes(from: 'stdin' | { readonly file: string }): Promise<Uint8Array>;
  writeFile(file: string, bytes: Uint8Array): Promise<void>;
  wait(milliseconds: number): Promise<void>;
  /** Resolves when the person stops the program. */
  stopped(): Promise<void>;
  readonly openBrowser: (address: string) => void;
  readonly hasBrowser: boolean;
}

/** `text` of a server as a terminal may show it: without control codes, which could rewrite what it showed. */
export function plainText(text: string): string {
  return text.replace(/(?![\n\t])\p{Cc}/gu, '');
}

/** Exit codes, those of curl where it has one for it. */
export const exitCodes = { done: 0, refused: 1, usage: 2, unreachable: 7, answeredWithError: 22 } as const;

/** Wrong usage, in a sentence for the person. */
export class WrongUsage extends Error {
  override readonly name = 'WrongUsage';
}
