import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { codeOf } from '../../lib/error-code.js';
import type { Clock } from '../../lib/clock.js';

/** The key by which the provider knows the gateway. Whoever holds it spends the operator's money. */
export interface ProviderKey {
  /** Undefined: the provider wants none. */
  current(): Promise<string | undefined>;
  /** To be asked once when the provider has refused it: what it is by now. */
  renewed(): Promise<string | undefined>;
}

export interface KeySource {
  readonly clock: Clock;
  /** Told that a new key could not be had, so that the old one stays in use. Never told the key. */
  readonly onTrouble: (why: string) => void;
}

const shape = /^[\x21-\x7e]{8,4096}$/;
const longestOutput = 16_384;
const commandMilliseconds = 10_000;
/** A provider that refuses every key must not make a secret manager answer for every call. */
const leastMilliseconds = 5000;

/** A key that does not change while the process lives, or none. */
export function fixedKey(key: string | undefined): ProviderKey {
  const checked = key === undefined ? undefined : checkedKey(key);
  return { current: async () => checked, renewed: async () => checked };
}

/** Of a file, read anew whenever it has changed: a secret that is mounted may be replaced at any time. */
export async function keyOfFile(file: string, { onTrouble }: KeySource): Promise<ProviderKey> {
  let seen = await versionOf(file);
  let key = checkedKey(await readFile(file, 'utf8'));
  const read = async (version: string | undefined): Promise<string> => {
    try {
      key = checkedKey(await readFile(file, 'utf8'));
      seen = version ?? (await versionOf(file));
    } catch (error) {
      // While it is being replaced it may be away or empty; the next call looks again.
      onTrouble(describe(error));
    }
    return key;
  };
  return {
    current: async () => {
      const version = await versionOf(file).catch(() => undefined);
      return version === seen ? key : read(version);
    },
    renewed: () => read(undefined),
  };
}

/** Of a command's standard output, run again after so many seconds and when the provider has refused the key. */
export async function keyOfCommand(
  command: string,
  { clock, onTrouble, seconds, environment }: KeySource & CommandOptions,
): Promise<ProviderKey> {
  let key = await run(command, environment);
  let readAt = clock.now();
  let running: Promise<string> | undefined;
  const again = (): Promise<string> => {
    running ??= run(command, environment)
      .then((fresh) => (key = fresh))
      .catch((error: unknown) => {
        onTrouble(describe(error));
        return key;
      })
      .finally(() => {
        readAt = clock.now();
        running = undefined;
      });
    return running;
  };
  return {
    // An old key serves while a new one is on its way: nobody waits for a secret manager.
    current: async () => {
      if (clock.now() - readAt > seconds * 1000) void again();
      return key;
    },
    renewed: async () => (clock.now() - readAt < leastMilliseconds && !running ? key : again()),
  };
}

export interface CommandOptions {
  readonly seconds: number;
  /** What the command sees of the environment: no secret of the gateway's. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

function run(command: string, env: CommandOptions['environment']): Promise<string> {
  return new Promise((resolve, reject) => {
    const limits = { timeout: commandMilliseconds, maxBuffer: longestOutput };
    execFile('/bin/sh', ['-c', command], { ...limits, env }, (error, output) => {
      // Neither what it printed nor what it complained of: both may be secrets.
      if (error) return reject(new Error(`the key command failed (${String(error.code ?? error.signal)})`));
      try {
        resolve(checkedKey(output));
      } catch (wrong) {
        reject(wrong instanceof Error ? wrong : new Error('the key command failed'));
      }
    });
  });
}

/** Law 7: says what is wrong with a key, never what it is. */
function checkedKey(text: string): string {
  const key = text.trim();
  if (shape.test(key)) return key;
  throw new Error('the key must be one line of 8 to 4096 printable characters');
}

async function versionOf(file: string): Promise<string> {
  const { mtimeMs, size, ino } = await stat(file);
  return `${mtimeMs} ${size} ${ino}`;
}

function describe(error: unknown): string {
  return codeOf(error) ?? (error instanceof Error ? error.message : 'unknown');
}
