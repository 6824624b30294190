import { X509Certificate } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Agent, fetch as undiciFetch } from 'undici';
import type { Identity } from './certificate-authority.js';
import { toAnswer, type Answer, type TokenRequest } from './device.js';

/** What a proxy tells of the client behind it (RFC 9440). */
export function certified({ der }: Identity, chain: readonly Buffer[] = []): Record<string, string> {
  const sequence = (each: Buffer) => `:${each.toString('base64')}:`;
  return {
    'client-cert': sequence(der),
    ...(chain.length === 0 ? {} : { 'client-cert-chain': chain.map(sequence).join(', ') }),
  };
}

/** The JWKS of a client that authenticates by these self-signed certificates (RFC 8705 §2.2). */
export function jwksOf(...identities: readonly Identity[]): { keys: Record<string, unknown>[] } {
  return {
    keys: identities.map(({ der, thumbprint }) => ({
      ...new X509Certificate(der).publicKey.export({ format: 'jwk' }),
      kid: thumbprint,
      x5c: [der.toString('base64')],
    })),
  };
}

/** Posts a form over TLS, with a certificate or without. */
export async function postOverTls(
  { url, form, headers }: TokenRequest,
  trusted: string,
  identity?: Identity,
): Promise<Answer> {
  const dispatcher = new Agent({
    connect: { ca: trusted, ...(identity && { cert: identity.cert, key: identity.key }) },
  });
  try {
    const body = new URLSearchParams(form as Record<string, string>);
    const response = await undiciFetch(url, {
      method: 'POST',
      body,
      dispatcher,
      ...(headers && { headers }),
    });
    return toAnswer(response.status, new Headers([...response.headers]), await response.text());
  } finally {
    await dispatcher.close();
  }
}

/** Files of a folder that goes when the tests are over. */
export function writeFiles(files: Readonly<Record<string, string>>): (name: string) => string {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-files-'));
  // Also for a program that has given up its rights, as Apache does.
  chmodSync(folder, 0o755);
  after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, contents] of Object.entries(files)) writeFileSync(path.join(folder, name), contents);
  return (name) => path.join(folder, name);
}
