import { randomBytes } from 'node:crypto';
import { decodeAttestationObject, parseAuthenticatorData } from '@simplewebauthn/server/helpers';
import { SoftwareAuthenticator } from '../../examples/support/software-authenticator.js';
import { newAccountId, userHandleOf } from '../../src/accounts/account-id.js';
import { newAccount } from '../../src/accounts/account.js';
import { systemRandom } from '../../src/lib/random.js';
import type { Holdfast } from './harness.js';
import { PasskeyVisitor } from './passkey-visitor.js';

/** Somebody with a passkey whom the test login knows by name, too: so that she can sign in weakly as well. */
export interface PasskeyHolder {
  readonly login: string;
  readonly person: PasskeyVisitor;
}

export async function accountWithPasskey({ issuer, storage, clock }: Holdfast): Promise<PasskeyHolder> {
  const login = `holder.${randomBytes(6).toString('hex')}@example.test`;
  const createdAt = new Date(clock.now());
  const accountId = newAccountId(systemRandom);
  await storage.accounts.insert({ ...newAccount(accountId, createdAt), displayName: login, login });

  const authenticator = new SoftwareAuthenticator(issuer);
  const user = { id: userHandleOf(accountId).toString('base64url') };
  const { response } = authenticator.register({ challenge: 'unused', rp: { id: 'localhost' }, user });
  const attestation = decodeAttestationObject(Buffer.from(response.attestationObject, 'base64url'));
  const { credentialPublicKey } = parseAuthenticatorData(attestation.get('authData'));
  const [passkey] = authenticator.passkeys;
  await storage.passkeys.insert({
    credentialId: passkey?.credentialId ?? Buffer.alloc(0),
    accountId,
    publicKey: Buffer.from(credentialPublicKey ?? []),
    algorithm: -7,
    signCount: 0,
    backupEligible: false,
    backedUp: false,
    transports: ['internal'],
    aaguid: '00000000-0000-0000-0000-000000000000',
    name: 'Passkey',
    createdAt,
    lastUsedAt: undefined,
    attested: false,
    madeBy: 'sign_up',
    stepUpFrom: undefined,
    regressedAt: undefined,
    backupChangedAt: undefined,
    removedAt: undefined,
  });
  return { login, person: new PasskeyVisitor(issuer, authenticator) };
}
