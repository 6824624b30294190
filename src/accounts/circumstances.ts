/** Where something happened: an ISO 3166 country (`HK`), or the server's own network. */
export type Place = string;
export const thisNetwork: Place = 'local';

/** Where and with what browser a request came. */
export interface Circumstances {
  /** Undefined when the address tells no country. */
  readonly place: Place | undefined;
  /** `Chrome on macOS`; undefined when it does not say. */
  readonly browser: string | undefined;
}

/** The circumstances of the request under way; nothing is known outside one. */
export type CircumstancesSource = () => Circumstances;
