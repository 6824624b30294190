import { accepted, refused, type Result } from '../../lib/result.js';
import { harmless } from '../../lib/harmless.js';
import type { Endpoint } from './api-style.js';

/** Path and query as they go to the provider: made anew of what is known, so there is nothing that two could read differently. */
export function targetOf({ query = {} }: Pick<Endpoint, 'query'>, requested: string): Result<string> {
  const [path = '', ...rest] = requested.split('?');
  const asked = new URLSearchParams(rest.join('?'));
  const kept = new URLSearchParams();
  for (const [name, value] of asked) {
    const shape = Object.hasOwn(query, name) ? query[name] : undefined;
    if (!shape?.test(value) || kept.has(name)) {
      return refused('request_malformed', `The parameter ${harmless(name)} is not passed on.`);
    }
    kept.set(name, value);
  }
  return accepted(kept.size === 0 ? path : `${path}?${kept.toString()}`);
}

export function fitsPath({ path: known }: Pick<Endpoint, 'path'>, path: string): boolean {
  return typeof known === 'string' ? known === path : known.exec(path)?.[0] === path;
}
