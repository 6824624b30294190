import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../lib/error-code.js';
import type { Random } from '../lib/random.js';
import type { Config } from './schema.js';

const keyBytes = 32;

/** The master key cannot be had; the message says what to do. */
export class MasterKeyError extends Error {
  override readonly name = 'MasterKeyError';
}

export function masterKeyFile(config: Pick<Config, 'data_dir'>): string {
  return path.join(config.data_dir, 'secret.key');
}

/**
 * The 32 bytes from which every other key is derived: `secret_key`, or the file in `data_dir`, made at first start.
 * Throws MasterKeyError when the file is damaged or the folder can't be written.
 */
export async function loadMasterKey(
  config: Pick<Config, 'secret_key' | 'data_dir'>,
  random: Random,
): Promise<Buffer> {
  if (config.secret_key !== undefined) return decode(config.secret_key, 'secret_key');
  const file = masterKeyFile(config);
  const existing = await readKey(file);
  if (existing !== undefined) return existing;
  try {
    await makeKey(file, random);
  } catch (error) {
    throw new MasterKeyError(`The secret key can't be written to ${file}. Check data_dir.`, { cause: error });
  }
  const made = await readKey(file);
  if (made === undefined) throw new MasterKeyError(`The secret key ${file} vanished while it was made.`);
  return made;
}

async function readKey(file: string): Promise<Buffer | undefined> {
  try {
    return decode((await readFile(file, 'utf8')).trim(), file);
  } catch (error) {
    if (error instanceof MasterKeyError) throw error;
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new MasterKeyError(`The secret key ${file} can't be read.`, { cause: error });
  }
}

/** Written whole under another name, then linked: of two first starts one wins, and nobody reads half a key. */
async function makeKey(file: string, random: Random): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${random.bytes(6).toString('hex')}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(`${random.bytes(keyBytes).toString('base64url')}\n`);
    await handle.sync();
    await link(draft, file);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    await handle.close();
    await rm(draft, { force: true });
  }
}

function decode(text: string, place: string): Buffer {
  const key = Buffer.from(text, 'base64url');
  if (key.length === keyBytes && /^[A-Za-z0-9_-]{43}$/.test(text)) return key;
  throw new MasterKeyError(
    `${place} does not hold base64url of ${keyBytes} bytes. Restore it from a backup.`,
  );
}
