import type { Config } from '../config/schema.js';
import { isLoopbackHost } from '../lib/hosts.js';
import type { Assets } from './assets.js';

/** What every page must know about where it stands. */
export interface Site {
  readonly brand: string;
  /** The issuer's origin: forms may post here. */
  readonly origin: string;
  /** Host and port of the issuer, shown in the footer. */
  readonly host: string;
  /** On a loopback issuer an error page tells the whole reason (law 8). */
  readonly loopback: boolean;
  readonly assets: Assets;
}

export function siteOf(config: Pick<Config, 'issuer' | 'brand'>, assets: Assets): Site {
  const { host, hostname, origin } = new URL(config.issuer);
  return { brand: config.brand.name, origin, host, loopback: isLoopbackHost(hostname), assets };
}
