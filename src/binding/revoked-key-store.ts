/** Keys that make no token ever again; of all others nothing is kept. */
export interface RevokedKeyStore {
  /** All tokens that are bound to the key die, of whomever they are. False when it was revoked before. */
  revoke(thumbprint: string, at: Date): Promise<boolean>;
  has(thumbprint: string): Promise<boolean>;
}
