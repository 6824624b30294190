import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { Config } from '../config/schema.js';
import type { TlsFiles } from '../http/listener.js';
import { codeOf } from '../lib/error-code.js';

/** A file of `tls` or `mtls` is missing or is not what it should be. */
export class CertificatesUnusable extends Error {
  constructor(setting: string, why: string, cause?: unknown) {
    super(`${setting} ${why}`, { cause });
    this.name = 'CertificatesUnusable';
  }
}

/** The files that `tls` names. Throws CertificatesUnusable. */
export function readTls({ cert, key }: Config['tls']): TlsFiles | undefined {
  if (cert === undefined || key === undefined) return undefined;
  const files = { cert: read('tls.cert', cert), key: read('tls.key', key) };
  try {
    createSecureContext(files);
  } catch (error) {
    throw new CertificatesUnusable('tls.cert', `and tls.key do not fit together: ${describe(error)}`, error);
  }
  return files;
}

/** Those of the file that `mtls` names. Throws CertificatesUnusable. */
export function readAuthorities(file: string | undefined): X509Certificate[] {
  if (file === undefined) return [];
  const blocks = read('mtls.client_ca', file).match(
    /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g,
  );
  if (!blocks) throw new CertificatesUnusable('mtls.client_ca', `has no certificate (PEM) in ${file}`);
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch (error) {
    throw new CertificatesUnusable('mtls.client_ca', `can’t be read: ${describe(error)}`, error);
  }
}

function read(setting: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const missing = codeOf(error) === 'ENOENT';
    const why = missing ? `names ${file}, and there is no such file` : `can’t be read: ${describe(error)}`;
    throw new CertificatesUnusable(setting, why, error);
  }
}

/** Throws CertificatesUnusable where nobody would take the certificate at this time. */
export function demandInTime({ cert }: TlsFiles, now: number): void {
  const { validFrom, validTo } = new X509Certificate(cert);
  if (Date.parse(validTo) <= now) throw new CertificatesUnusable('tls.cert', `ended at ${validTo}`);
  if (Date.parse(validFrom) > now) throw new CertificatesUnusable('tls.cert', `begins only at ${validFrom}`);
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
