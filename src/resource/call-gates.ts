import type { MicroDollars } from '../lib/money.js';
import type { RefusalCode } from '../lib/refusal.js';
import type { CallId } from './call-answer.js';

/** A call that token, key and tier allow. */
export interface GatedCall {
  readonly id: CallId;
  readonly clientId: string;
  /** Undefined: a client that acts for itself. */
  readonly accountId: string | undefined;
  readonly resource: string;
  readonly model: string | undefined;
  readonly tier: string | undefined;
  readonly maxCost: MicroDollars | undefined;
  readonly callerAddress: string | undefined;
}

export type GateVerdict = { readonly passes: true } | { readonly passes: false; readonly code: RefusalCode };

/** Whether a call looks like its owner's. Asked of every call that everything else allows. */
export interface RiskPort {
  judge(call: GatedCall): GateVerdict | Promise<GateVerdict>;
}

/** Sets aside what a call may cost, before it is served (law 4). */
export interface ReservationPort {
  reserve(call: GatedCall): GateVerdict | Promise<GateVerdict>;
  /** Gives back what was reserved for a call that is not served after all. */
  release(id: CallId): void | Promise<void>;
}

/** Until there is somebody who judges risk and counts money. */
export const openGates = {
  risk: { judge: () => ({ passes: true }) },
  reservations: { reserve: () => ({ passes: true }), release: () => {} },
} as const satisfies { readonly risk: RiskPort; readonly reservations: ReservationPort };
