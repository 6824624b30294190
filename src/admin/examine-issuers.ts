import { IssuerUnavailable, type IssuerKeys } from '../accounts/issuer-keys.js';
import type { Config } from '../config/schema.js';
import type { Finding } from './doctor-command.js';

/** Whether the keys of each trusted issuer can be had, from where the configuration or its discovery document says. */
export function examineTrustedIssuers(
  { issuer: own, trusted_issuers: issuers }: Pick<Config, 'issuer' | 'trusted_issuers'>,
  keys: Pick<IssuerKeys, 'read'>,
): Promise<Finding[]> {
  return Promise.all(
    issuers.map(async (trusted): Promise<Finding> => {
      const name = `issuer ${trusted.issuer}`;
      try {
        await keys.read(trusted);
        const says = `its keys are there; let it tell logouts to ${own}/signals/backchannel-logout`;
        return { name, state: 'ok', says };
      } catch (error) {
        if (!(error instanceof IssuerUnavailable)) throw error;
        return { name, state: 'warning', says: `nothing of it can be exchanged: ${error.message}` };
      }
    }),
  );
}
