import type { SigningAlgorithm, SigningKeyRecord, SigningKeyState } from './signing-key-store.js';

/*
 * How signing keys live. Each algorithm has one `next`, one `current` and any number of `retiring` keys:
 *
 *   next      in the JWKS, never signs, so that verifiers know it before they need it
 *   current   signs; every node holds its private part
 *   retiring  in the JWKS, its private part is gone; verifies what it signed (`id_token_hint` for 30 days)
 *
 * Nodes learn of a change by polling. One that has not polled yet still signs with the old current key, which the
 * others publish as retiring; one that has polled signs with the key that all of them published as next. So there is
 * no moment at which a fresh signature can't be verified at any node.
 */

/** Seconds throughout; the config's key_rotation. */
export interface RotationSettings {
  readonly algorithms: readonly SigningAlgorithm[];
  readonly publish_before_use: number;
  readonly retire_after: number;
  readonly rotate_every: number;
  readonly poll: number;
}

/** What is to be done to the keys. Kids, except for keys that don't exist yet. */
export interface KeyChanges {
  readonly create: readonly { readonly algorithm: SigningAlgorithm; readonly state: 'next' | 'current' }[];
  readonly promote: readonly string[];
  readonly retire: readonly string[];
  readonly remove: readonly string[];
}

type Keys = readonly SigningKeyRecord[];

/** What the schedule demands at `now` (milliseconds). Nothing to do: every list is empty. */
export function scheduledChanges(keys: Keys, settings: RotationSettings, now: number): KeyChanges {
  const changes = settings.algorithms.map((algorithm) => {
    const { current, next } = keysOf(keys, algorithm);
    if (current.length === 0 || next === undefined) return firstKeys(algorithm, current, next);
    const due = isDue(current, settings, now) && publishedUntil(next, settings) <= now;
    return due ? promotion(algorithm, current, next) : nothing;
  });
  const dropped = keys.filter((key) => !settings.algorithms.includes(key.algorithm));
  return combine([
    ...changes,
    { ...nothing, retire: kids(dropped, 'current'), remove: kids(dropped, 'next') },
    { ...nothing, remove: forgotten(keys, settings, now) },
  ]);
}

export type ImmediateRotation =
  | { readonly outcome: 'planned'; readonly changes: KeyChanges }
  /** Verifiers may hold a JWKS without the next key until then. */
  | { readonly outcome: 'too_young'; readonly until: Date };

/** Promotes every next key now, unless one has not been published for long enough. */
export function immediateChanges(keys: Keys, settings: RotationSettings, now: number): ImmediateRotation {
  const pairs = settings.algorithms.map((algorithm) => ({ algorithm, ...keysOf(keys, algorithm) }));
  const until = Math.max(...pairs.map(({ next }) => (next ? publishedUntil(next, settings) : 0)));
  if (until > now) return { outcome: 'too_young', until: new Date(until) };
  const changes = pairs.map(({ algorithm, current, next }) =>
    next ? promotion(algorithm, current, next) : firstKeys(algorithm, current, next),
  );
  return { outcome: 'planned', changes: combine(changes) };
}

/**
 * A private key leaked: the key leaves the JWKS at once, with it everything it signed. The next key takes over however
 * young it is: verifiers fetch the JWKS again when they meet an unknown `kid`.
 * @param compromised kids; keys that don't exist are passed over
 */
export function emergencyChanges(
  keys: Keys,
  settings: RotationSettings,
  compromised: readonly string[],
): KeyChanges {
  const spared = (some: Keys) => some.filter((key) => !compromised.includes(key.kid));
  const changes = settings.algorithms.map((algorithm) => {
    const all = keysOf(keys, algorithm);
    const next = all.next && !compromised.includes(all.next.kid) ? all.next : undefined;
    if (!all.current.some((key) => compromised.includes(key.kid))) {
      return next === undefined ? firstKeys(algorithm, all.current, next) : nothing;
    }
    return next === undefined
      ? firstKeys(algorithm, [], undefined)
      : promotion(algorithm, spared(all.current), next);
  });
  const remove = keys.filter((key) => compromised.includes(key.kid)).map((key) => key.kid);
  return combine([...changes, { ...nothing, remove }]);
}

export function isNothing(changes: KeyChanges): boolean {
  return Object.values(changes).every((list: readonly unknown[]) => list.length === 0);
}

/**
 * Seconds for which a JWKS may be cached: at most five minutes (so long a removed key may linger), and so short that
 * nobody still holds a JWKS without the next key when that starts to sign.
 */
export function jwksMaxAge(settings: RotationSettings): number {
  return Math.max(0, Math.min(300, settings.publish_before_use - 2 * settings.poll));
}

const nothing: KeyChanges = { create: [], promote: [], retire: [], remove: [] };

function keysOf(keys: Keys, algorithm: SigningAlgorithm) {
  const own = keys.filter((key) => key.algorithm === algorithm);
  return {
    current: own.filter((key) => key.state === 'current'),
    next: own.find((key) => key.state === 'next'),
  };
}

/** At the first start nobody can hold an older JWKS, so the first key signs at once. */
function firstKeys(
  algorithm: SigningAlgorithm,
  current: Keys,
  next: SigningKeyRecord | undefined,
): KeyChanges {
  if (current.length === 0 && next !== undefined) return promotion(algorithm, current, next);
  const create: { algorithm: SigningAlgorithm; state: 'next' | 'current' }[] = [];
  if (current.length === 0) create.push({ algorithm, state: 'current' });
  if (next === undefined) create.push({ algorithm, state: 'next' });
  return { ...nothing, create };
}

function promotion(algorithm: SigningAlgorithm, current: Keys, next: SigningKeyRecord): KeyChanges {
  return {
    ...nothing,
    retire: current.map((key) => key.kid),
    promote: [next.kid],
    create: [{ algorithm, state: 'next' }],
  };
}

function isDue(current: Keys, settings: RotationSettings, now: number): boolean {
  return current.some(
    (key) => (key.currentSince ?? key.createdAt).getTime() + settings.rotate_every * 1000 <= now,
  );
}

function publishedUntil(next: SigningKeyRecord, settings: RotationSettings): number {
  return next.createdAt.getTime() + settings.publish_before_use * 1000;
}

function forgotten(keys: Keys, settings: RotationSettings, now: number): string[] {
  return keys
    .filter((key) => key.state === 'retiring')
    .filter((key) => (key.retiredAt ?? key.createdAt).getTime() + settings.retire_after * 1000 <= now)
    .map((key) => key.kid);
}

function kids(keys: Keys, state: SigningKeyState): string[] {
  return keys.filter((key) => key.state === state).map((key) => key.kid);
}

function combine(changes: readonly KeyChanges[]): KeyChanges {
  return {
    create: changes.flatMap((change) => change.create),
    promote: changes.flatMap((change) => change.promote),
    retire: changes.flatMap((change) => change.retire),
    remove: [...new Set(changes.flatMap((change) => change.remove))],
  };
}
