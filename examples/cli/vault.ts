import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { exportJWK, importJWK, type CryptoKey, type JWK } from 'jose';

/** What a login leaves behind: the key that everything is bound to, and the token that renews access. */
export interface Login {
  readonly issuer: string;
  readonly resource: string;
  readonly keyPair: CryptoKeyPair;
  readonly refreshToken: string;
}

export interface CryptoKeyPair {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

interface StoredLogin {
  readonly issuer: string;
  readonly resource: string;
  readonly private_key: JWK;
  readonly refresh_token: string;
}

const othersMayRead = 0o077;

/** The login kept in `file`; undefined when there is none for this issuer and resource. */
export async function readLogin(file: string, issuer: string, resource: string): Promise<Login | undefined> {
  const stored = await readStored(file);
  if (stored?.issuer !== issuer || stored.resource !== resource) return undefined;
  const { d: _, ...publicKey } = stored.private_key;
  const [privateKey, verifyKey] = await Promise.all([importKey(stored.private_key), importKey(publicKey)]);
  return {
    issuer,
    resource,
    keyPair: { privateKey, publicKey: verifyKey },
    refreshToken: stored.refresh_token,
  };
}

/** Keeps the login where only its owner can read it; replaces the file as a whole. */
export async function saveLogin(file: string, login: Login): Promise<void> {
  const stored: StoredLogin = {
    issuer: login.issuer,
    resource: login.resource,
    private_key: await exportJWK(login.keyPair.privateKey),
    refresh_token: login.refreshToken,
  };
  const fresh = `${file}.new`;
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await rm(fresh, { force: true });
  await writeFile(fresh, JSON.stringify(stored, null, 2), { mode: 0o600 });
  await rename(fresh, file);
}

export async function forgetLogin(file: string): Promise<void> {
  await rm(file, { force: true });
}

async function readStored(file: string): Promise<StoredLogin | undefined> {
  try {
    const { mode } = await stat(file);
    if (process.platform !== 'win32' && (mode & othersMayRead) !== 0) {
      throw new Error(`${file} can be read by others. Make it yours alone: chmod 600 ${file}`);
    }
    return JSON.parse(await readFile(file, 'utf8')) as StoredLogin;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function importKey(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, 'ES256', { extractable: true });
  if (key instanceof Uint8Array) throw new TypeError('the stored key is not a key pair');
  return key;
}
