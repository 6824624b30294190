import type { Config } from '../config/schema.js';

/** Who asks for a passkey, as WebAuthn sees it. */
export interface RelyingParty {
  /** RP ID: the domain that the passkeys belong to. Fixed at first start. */
  readonly id: string;
  /** Shown by the authenticator. */
  readonly name: string;
  /** The exact origins a ceremony may come from. */
  readonly origins: readonly string[];
}

export function relyingPartyOf(config: Pick<Config, 'issuer' | 'rp_id' | 'brand'>): RelyingParty {
  return { id: config.rp_id, name: config.brand.name, origins: [new URL(config.issuer).origin] };
}
