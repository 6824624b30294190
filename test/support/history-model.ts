/*
 * What must be true of tokens, told by the order of events alone: no generations, no SQL. Whoever is revoked takes along
 * all that was made before; whoever is gone takes along everything.
 */

/** Something that tokens hang on. */
export interface Thing {
  readonly id: string;
  /** When it was made, in events of its history. */
  readonly born: number;
  /** By the clock, in seconds; with the epoch it was made in. */
  readonly issuedAt: number;
  readonly epoch: number;
  readonly expiresAt: number;
  /** When it was last revoked. */
  revoked: number;
  /** Disabled, removed or ended: nothing is made of it again. */
  gone: boolean;
}

/** The end of everything that was issued before. */
export interface ModelEpoch {
  readonly number: number;
  readonly before: number;
}

export interface ModelToken extends Thing {
  readonly value: string;
  readonly jti: string | undefined;
  readonly client: Thing;
  readonly account: Thing | undefined;
  readonly grant: Thing | undefined;
  readonly session: Thing | undefined;
  readonly device: Thing | undefined;
  readonly key: Thing;
  readonly audience: string | undefined;
  readonly scope: string;
  readonly acr: string | undefined;
}

export function thing(facts: Pick<Thing, 'id' | 'born' | 'issuedAt' | 'epoch'> & Partial<Thing>): Thing {
  return { expiresAt: Infinity, revoked: -1, gone: false, ...facts };
}

type Foundation = Pick<ModelToken, 'client' | 'account' | 'grant' | 'session' | 'key'>;

/** Whether a token can be made of these now: a login or consent from before a revocation makes nothing after it. */
export function mayIssue(
  { client, account, grant, session, key }: Foundation,
  epochs: readonly ModelEpoch[],
): boolean {
  const parts = [client, account, grant, session, key].filter((part) => part !== undefined);
  if (parts.some((part) => part.gone)) return false;
  const made = [grant, session].filter((part) => part !== undefined);
  if (made.some((part) => endedByEpoch(part, epochs))) return false;
  if (made.some((part) => part.born < (account?.revoked ?? -1))) return false;
  return grant === undefined || grant.born > client.revoked;
}

export function isAlive(token: ModelToken, epochs: readonly ModelEpoch[], now: number): boolean {
  const { client, account, grant, session, device, key } = token;
  const parts = [client, account, grant, session, device, key].filter((part) => part !== undefined);
  if (token.gone || endOf(token) <= now) return false;
  // What was refreshed after the end of everything hangs on a login from before it.
  const ofEpochs = [token, grant, session].filter((part) => part !== undefined);
  if (ofEpochs.some((part) => endedByEpoch(part, epochs))) return false;
  return parts.every((part) => !part.gone && part.revoked < token.born);
}

/** A token ends with its grant or its session, when that is sooner. */
export function endOf({ expiresAt, grant, session }: ModelToken): number {
  return Math.min(expiresAt, grant?.expiresAt ?? Infinity, session?.expiresAt ?? Infinity);
}

function endedByEpoch({ epoch, issuedAt }: Thing, epochs: readonly ModelEpoch[]): boolean {
  return epochs.some(({ number, before }) => number > epoch && issuedAt < before);
}

/** Of RFC 7662 and RFC 9449, written down once more. */
export function expectedAnswer(
  token: ModelToken,
  alive: boolean,
  { issuer, mayAsk }: { readonly issuer: string; readonly mayAsk: boolean },
): string {
  if (!alive || !mayAsk) return '{"active":false}';
  return JSON.stringify({
    active: true,
    iss: issuer,
    client_id: token.client.id,
    scope: token.scope,
    sub: token.account?.id,
    aud: token.audience,
    exp: endOf(token),
    iat: token.issuedAt,
    jti: token.jti,
    token_type: 'DPoP',
    cnf: { jkt: token.key.id },
    acr: token.acr,
    amr: token.acr === undefined ? undefined : ['test'],
    auth_time: token.session?.issuedAt,
  });
}
