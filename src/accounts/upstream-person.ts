import type { UpstreamSubject } from './upstream-identity.js';

/** Who came from an upstream provider, as far as it is believed. */
export interface UpstreamPerson extends UpstreamSubject {
  /** Only where the provider says that it is verified. */
  readonly email: string | undefined;
  readonly name: string | undefined;
  /** When she proved herself there; seconds since the epoch. */
  readonly authTime: number | undefined;
  /** The provider's own value, on its own ladder. */
  readonly acr: string | undefined;
}
