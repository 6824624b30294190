export type SigningKeyState = 'next' | 'current' | 'retiring';
export type SigningAlgorithm = 'ES256' | 'RS256' | 'EdDSA';

export interface SigningKeyRecord {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  readonly state: SigningKeyState;
  readonly publicJwk: Readonly<Record<string, unknown>>;
  /** The private JWK as JSON, sealed by a key derived from the master key. Undefined for retiring keys. */
  readonly sealedPrivateJwk: string | undefined;
  readonly createdAt: Date;
  readonly currentSince: Date | undefined;
  readonly retiredAt: Date | undefined;
}

export interface SigningKeyStore {
  list(): Promise<SigningKeyRecord[]>;
  /** Runs `change` under a lock that all nodes share, in one transaction, and stores what it returns. */
  rewrite(
    change: (keys: readonly SigningKeyRecord[]) => Promise<readonly SigningKeyRecord[]>,
  ): Promise<readonly SigningKeyRecord[]>;
}
