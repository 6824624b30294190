import { generateKeyPairSync } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';
import type { AccountId } from './account.js';
import type { Passkey } from './passkey.js';

/**
 * A passkey that nobody has. An unknown credential id is verified against it, so that unknown and known ones cost
 * the same statements and the same cryptography (threat 26).
 */
export function decoyPasskey(): Passkey {
  const { x = '', y = '' } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
    format: 'jwk',
  });
  const publicKey = isoCBOR.encode(
    new Map<number, number | Uint8Array>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Uint8Array.from(Buffer.from(x, 'base64url'))],
      [-3, Uint8Array.from(Buffer.from(y, 'base64url'))],
    ]),
  );
  return {
    credentialId: Buffer.alloc(0),
    accountId: 'acc_0000000000000000000000' as AccountId,
    publicKey: Buffer.from(publicKey),
    algorithm: -7,
    signCount: 0,
    backupEligible: false,
    backedUp: false,
    transports: [],
    attested: false,
    aaguid: '00000000-0000-0000-0000-000000000000',
    name: '',
    createdAt: new Date(0),
    lastUsedAt: undefined,
    madeBy: 'sign_up',
    stepUpFrom: undefined,
    regressedAt: undefined,
    backupChangedAt: undefined,
    removedAt: undefined,
  };
}
