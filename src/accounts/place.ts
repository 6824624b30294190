import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { type Place, thisNetwork } from './circumstances.js';

/** The country of an address, by a database; undefined when it does not know. */
export type CountryOf = (address: string) => string | undefined;

/** Where an address is: our own network for one that is routed nowhere else. */
export function placeOf(address: string, countryOf: CountryOf): Place | undefined {
  if (isIP(address) === 0) return undefined;
  // A v4 address inside v6 is the v4 address.
  const plain = ipaddr.process(address);
  return plain.range() === 'unicast' ? countryOf(plain.toString()) : thisNetwork;
}
