import { CompactEncrypt, compactDecrypt } from 'jose';

/**
 * Encrypts what must be replayed later (law 7): a compact JWE, `dir` with A256GCM.
 * @param key 32 bytes
 */
export async function seal(key: Uint8Array, plaintext: string): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(plaintext))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .encrypt(key);
}

/** Opens what `seal` made. Throws when the key is another or the text was changed. */
export async function open(key: Uint8Array, sealed: string): Promise<string> {
  const { plaintext } = await compactDecrypt(sealed, key, {
    keyManagementAlgorithms: ['dir'],
    contentEncryptionAlgorithms: ['A256GCM'],
  });
  return new TextDecoder().decode(plaintext);
}
