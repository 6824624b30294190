import * as tls from 'node:tls';
import type { Logger } from '../observability/logger.js';

/** What runs in this process, as the example gateway does, calls us by https as everybody does. */
export function trustAuthority(authority: string, file: string, logger: Logger): void {
  // Node 22.19 and 24.5; before them only a variable that node reads at its start does it.
  if (!('setDefaultCACertificates' in tls)) {
    logger.warn(`this Node is old: the example gateway and /demo need NODE_EXTRA_CA_CERTS=${file}`);
    return;
  }
  const known = tls.getCACertificates('default');
  if (!known.includes(authority)) tls.setDefaultCACertificates([...known, authority]);
}
