import type { Provider } from 'oidc-provider';
import type { Clock } from '../lib/clock.js';
import type { Transaction } from '../lib/transaction.js';
import type { SecurityEvents } from '../observability/events.js';
import type { GrantStore } from './grant-store.js';
import * as internals from './internals.js';
import { throughStore } from './provider-error.js';
import { CodeReused } from './reuse.js';

export interface CodePorts {
  readonly transaction: Transaction;
  readonly grants: GrantStore;
  readonly events: SecurityEvents;
  readonly clock: Clock;
}

type Handler = (ctx: internals.TokenEndpointGrantContext) => Promise<void>;

/**
 * Wraps oidc-provider's authorization_code grant in one transaction: the code is used and the tokens are there, or
 * neither. A second use waits for the first, then finds tokens to revoke (RFC 6749 §4.1.2, ASVS 10.4.2).
 */
export function codeGrant(provider: Provider, stock: Handler, ports: CodePorts): Handler {
  return async function redeem(ctx) {
    const clientId = ctx.oidc.client.clientId;
    const proof = await internals.validateDpop(provider, ctx);
    // Before the transaction: a proof stays used even when what follows is rolled back.
    await internals.checkDpopReplay(provider, ctx, proof, clientId);
    try {
      await throughStore(() => ports.transaction.run(() => stock(ctx)));
    } catch (error) {
      if (error instanceof CodeReused && error.grantId !== undefined) {
        const { grantId } = error;
        await throughStore(() => ports.grants.revoke(grantId, new Date(ports.clock.now())));
        ports.events.codeReused({ clientId, grantId });
      }
      throw error;
    }
  };
}
