import { acrLadder } from '../accounts/authentication.js';
import type { Interaction } from './interaction.js';

/** Whether an essential `acr` (OIDC Core §5.5.1.1) is met by `achieved` or a rung below it on the ladder. */
export function meetsDemand({ prompt }: Interaction, achieved: string): boolean {
  const demanded = demandedAcrs(prompt.details['acr']);
  if (demanded.length === 0) return true;
  const achievedRung = acrLadder.findIndex((each) => each === achieved);
  return demanded.some((acr) => acr === achieved || rungOf(acr) <= achievedRung);
}

/** Off the ladder: above everything. */
function rungOf(acr: string): number {
  const rung = acrLadder.findIndex((each) => each === acr);
  return rung < 0 ? Number.POSITIVE_INFINITY : rung;
}

function demandedAcrs(claim: unknown): string[] {
  if (typeof claim !== 'object' || claim === null) return [];
  const { essential, value, values } = claim as { essential?: boolean; value?: string; values?: string[] };
  return essential === true ? [...(values ?? []), ...(value === undefined ? [] : [value])] : [];
}
