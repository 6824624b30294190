/*
 * Every combination of a session and what a client asks of its strength. What must come of each is worked out here from the
 * sections alone; nothing of src is used for it.
 */
export const rungs = ['basic', 'phr', 'phrh'] as const;
export type Rung = (typeof rungs)[number];

export interface StrengthRow {
  /** The login that the browser comes with; undefined: nobody is signed in. */
  readonly session: Rung | undefined;
  /** Of that login, against the max_age that every row asks. */
  readonly age: 'fresh' | 'old';
  readonly acrValues: readonly string[] | undefined;
  /** The essential acr claim. */
  readonly essential: string | undefined;
  readonly prompt: 'none' | 'login' | undefined;
}

export type Expected =
  | { readonly error: string; readonly section: string }
  | {
      /** Of access token and introspection. */
      readonly acr: Rung;
      /** Of the ID token. */
      readonly told: string;
      /** Whether she had to log in for it. */
      readonly asked: boolean;
      readonly section: string;
    };

const acrValues = [undefined, ['basic'], ['phr'], ['phrh'], ['unsupported'], ['phrh', 'basic']] as const;
const essentials = [undefined, 'basic', 'phr', 'phrh', 'unsupported'] as const;
const prompts = [undefined, 'none', 'login'] as const;
const sessions = [
  { session: undefined, age: 'fresh' },
  ...rungs.flatMap((session) => [{ session, age: 'fresh' } as const, { session, age: 'old' } as const]),
] as const;

export function strengthRows(): StrengthRow[] {
  return sessions.flatMap((has) =>
    prompts.flatMap((prompt) =>
      acrValues.flatMap((values) =>
        essentials.map((essential) => ({ ...has, prompt, acrValues: values, essential })),
      ),
    ),
  );
}

/** @param answer how she logs in if she is asked to; @param supported what discovery lists */
export function expectedOf(row: StrengthRow, answer: Rung, supported: readonly string[]): Expected {
  const { session, age, prompt, essential } = row;
  if (essential !== undefined && !supported.includes(essential)) {
    return { error: 'unmet_authentication_requirements', section: 'OIDC Core §5.5.1.1' };
  }
  const enough = (acr: Rung) => suffices(acr, row, supported);
  const asks = session === undefined || prompt === 'login' || age === 'old' || !enough(session);
  if (!asks) return { acr: session, told: toldOf(row, session), asked: false, section: 'OIDC Core §3.1.2.6' };
  if (prompt === 'none') {
    return session !== undefined && age === 'fresh'
      ? { error: 'unmet_authentication_requirements', section: 'RFC 9470 §5' }
      : { error: 'login_required', section: 'OIDC Core §3.1.2.6' };
  }
  if (!enough(answer)) return { error: 'unmet_authentication_requirements', section: 'RFC 9470 §5' };
  return { acr: answer, told: toldOf(row, answer), asked: true, section: 'RFC 9470 §4' };
}

export function nameOf({ session, age, acrValues: values, essential, prompt }: StrengthRow): string {
  return [
    `session ${session ?? 'none'}${session === undefined ? '' : ` (${age})`}`,
    `acr_values ${values?.join(' ') ?? 'absent'}`,
    `essential ${essential ?? 'absent'}`,
    `prompt ${prompt ?? 'absent'}`,
  ].join(', ');
}

function suffices(acr: Rung, { acrValues: values, essential }: StrengthRow, supported: readonly string[]) {
  const dominates = (other: string) => rungs.indexOf(acr) >= rungs.indexOf(other as Rung);
  const named = (values ?? []).filter((value) => supported.includes(value));
  if (named.length > 0 && !named.some(dominates)) return false;
  return essential === undefined || dominates(essential);
}

/** OIDC Core §5.5.1.1: one of those that were asked; the essential ones bind. */
function toldOf({ acrValues: values, essential }: StrengthRow, real: Rung): string {
  if (essential !== undefined) return essential;
  const below = rungs.slice(0, rungs.indexOf(real) + 1);
  return below.findLast((rung) => values?.includes(rung)) ?? real;
}
