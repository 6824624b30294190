import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { localCertificateFiles, type LocalCertificateFiles } from '../config/data-folder.js';
import type { Config } from '../config/schema.js';
import type { TlsFiles } from '../http/listener.js';
import type { CertifiedKey } from '../http/local-authority.js';
import type { Clock } from '../lib/clock.js';
import type { Random } from '../lib/random.js';

/** What serves https on this machine alone (tls.local). */
export interface LocalCertificate {
  readonly tls: TlsFiles;
  /** PEM of the authority that browsers must trust. */
  readonly authority: string;
  /** Whether the authority was made just now, so that nobody can trust it yet. */
  readonly made: boolean;
}

export interface LocalCertificateOptions {
  readonly config: Pick<Config, 'data_dir'>;
  readonly clock: Clock;
  readonly random: Random;
}

const day = 86_400_000;
/** So much of a certificate's time must be left. */
const leafRest = 10 * day;
const authorityRest = 60 * day;

/** The certificate for localhost and its authority in the data folder; each is made where it is missing, damaged or near its end. */
export async function ensureLocalCertificate(options: LocalCertificateOptions): Promise<LocalCertificate> {
  const files = localCertificateFiles(options.config);
  await mkdir(files.folder, { recursive: true, mode: 0o700 });
  const { authority, made } = await ensureAuthority(files, options);
  const known = await readPair(files.leaf, options.clock.now() + leafRest);
  const issuer = new X509Certificate(authority.certificate);
  const fits = known && new X509Certificate(known.certificate).verify(issuer.publicKey);
  const leaf = fits ? known : await renewLeaf(files, authority, options);
  return { tls: { cert: leaf.certificate, key: leaf.key }, authority: authority.certificate, made };
}

async function ensureAuthority(files: LocalCertificateFiles, options: LocalCertificateOptions) {
  const after = options.clock.now() + authorityRest;
  let authority = await readPair(files.authorityWithKey, after);
  const made = authority === undefined;
  if (!authority) {
    const { makeLocalAuthority } = await import('../http/local-authority.js');
    authority = await makeLocalAuthority({ now: options.clock.now(), random: options.random });
    await write(files.authorityWithKey, textOf(authority), options);
  }
  const published = await readFile(files.authority, 'utf8').catch(() => undefined);
  if (published !== authority.certificate) {
    await write(files.authority, authority.certificate, options);
  }
  return { authority, made };
}

async function renewLeaf(
  files: LocalCertificateFiles,
  authority: CertifiedKey,
  options: LocalCertificateOptions,
): Promise<CertifiedKey> {
  const { certifyLocalhost } = await import('../http/local-authority.js');
  const pair = await certifyLocalhost(authority, { now: options.clock.now(), random: options.random });
  await write(files.leaf, textOf(pair), options);
  return pair;
}

/** Undefined where there is none that is whole and good until `after`. */
async function readPair(file: string, after: number): Promise<CertifiedKey | undefined> {
  try {
    const text = await readFile(file, 'utf8');
    const [certificate = '', key = ''] = text.split(/(?=-----BEGIN PRIVATE KEY-----)/);
    const parsed = new X509Certificate(certificate);
    const whole = parsed.checkPrivateKey(createPrivateKey(key));
    return whole && Date.parse(parsed.validTo) > after ? { certificate, key } : undefined;
  } catch {
    return undefined;
  }
}

/** Certificate and key in one file, for two could be of different makes. */
function textOf({ certificate, key }: CertifiedKey): string {
  return certificate + key;
}

/** Whole under another name first: nobody reads half of it, nor without the rights that it shall have. */
async function write(
  file: string,
  text: string,
  { random }: Pick<LocalCertificateOptions, 'random'>,
): Promise<void> {
  const draft = path.join(path.dirname(file), `.${random.bytes(6).toString('hex')}`);
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
    await rename(draft, file);
  } finally {
    await handle.close();
    await rm(draft, { force: true });
  }
}
