import path from 'node:path';
import { isRecord } from '../../lib/json.js';
import { keystores, type Keystore } from './keystore/choose-keystore.js';
import { readPrivateFile, writePrivateFile } from './private-file.js';

/** What a login is for and where it is kept. No secret. */
export interface Profile {
  readonly issuer: string;
  readonly clientId: string;
  readonly resource: string;
  readonly scope: string;
  readonly keystore: Keystore;
  /** Whom to ask on another device. */
  readonly login?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** `HOLDFAST_HOME`, else where the system keeps a person's settings. */
export function configFolder(environment: Environment, platform: NodeJS.Platform, home: string): string {
  const given = environment['HOLDFAST_HOME'];
  if (given) return path.resolve(given);
  if (platform === 'win32') return path.join(environment['LOCALAPPDATA'] ?? home, 'Holdfast');
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'Holdfast');
  return path.join(environment['XDG_CONFIG_HOME'] || path.join(home, '.config'), 'holdfast');
}

/** It names files and an entry of the keystore. */
export function isProfileName(name: string): boolean {
  return /^[a-z0-9][a-z0-9_-]{0,40}$/i.test(name);
}

export async function readProfile(folder: string, name: string): Promise<Profile | undefined> {
  const text = await readPrivateFile(fileOf(folder, name));
  if (text === undefined) return undefined;
  const kept: unknown = JSON.parse(text);
  const words = ['issuer', 'clientId', 'resource', 'scope'];
  const known =
    isRecord(kept) &&
    words.every((word) => typeof kept[word] === 'string') &&
    keystores.some((keystore) => keystore === kept['keystore']);
  if (!known)
    throw new Error(`${fileOf(folder, name)} is no profile of Holdfast. Sign in again: holdfast login`);
  return kept as unknown as Profile;
}

export async function writeProfile(folder: string, name: string, profile: Profile): Promise<void> {
  await writePrivateFile(fileOf(folder, name), `${JSON.stringify(profile, undefined, 2)}\n`);
}

const fileOf = (folder: string, name: string): string => path.join(folder, `${name}.json`);
