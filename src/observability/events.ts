/** Whose tokens an event is about; ids are not secrets. */
export interface TokenFamily {
  readonly clientId: string;
  readonly grantId?: string;
}

/**
 * What happened to security, one method per event. Methods never throw and never take a secret.
 * Areas that need but a few of these name them in a port of their own (accounts/account-events.ts).
 */
export interface SecurityEvents {
  codeReused(event: TokenFamily): void;
  refreshTokenReused(event: TokenFamily): void;
  refreshTokenWrongKey(event: TokenFamily): void;
  /** A bound token was presented as Bearer, without proof or with another key. */
  tokenMisuse(event: TokenFamily & { readonly how: 'bearer' | 'no_proof' | 'wrong_key' }): void;
  proofReplayed(event: TokenFamily): void;
  revoked(event: {
    readonly what: 'token' | 'grant' | 'session' | 'client' | 'account';
    readonly id: string;
  }): void;
  keysRotated(event: { readonly kids: readonly string[] }): void;
}
