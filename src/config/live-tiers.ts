import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../lib/json.js';
import type { LoadedConfig } from './load.js';
import { describeProblem } from './problem.js';
import type { Config } from './schema.js';
import { checkTiers } from './tiers-checks.js';
import type { TierConfig } from './tiers-schema.js';

/** What came of reading the configuration again. */
export type Reading =
  | {
      readonly ok: true;
      /** Ids of tiers that came, went or are not what they were. */
      readonly changed: readonly string[];
      readonly warnings: readonly string[];
      /** Settings that differ from those it runs with, and wait for a restart. */
      readonly waiting: readonly string[];
    }
  /** Nothing was taken. */
  | { readonly ok: false; readonly problems: readonly string[] };

/** The tiers in force: those it was started with, until a reading as a whole is valid and has others. */
export class LiveTiers {
  readonly #started: Config;
  #current: readonly TierConfig[];
  #refused = false;

  constructor(started: Config) {
    this.#started = started;
    this.#current = started.tiers;
  }

  /** One frozen snapshot; whoever judges a call takes it once. */
  get current(): readonly TierConfig[] {
    return this.#current;
  }

  /** Whether the last reading was refused, so that the file says something else than what is in force. */
  get refused(): boolean {
    return this.#refused;
  }

  take(loaded: LoadedConfig): Reading {
    if (!loaded.ok) return this.refuse(loaded.problems.map(describeProblem));
    const { config } = loaded;
    // What the tiers stand on besides is as it was at the start.
    const problems = checkTiers({ ...this.#started, tiers: config.tiers });
    if (problems.length > 0) {
      const say = ({ path, message }: (typeof problems)[number]) =>
        `${path.join('.')}: ${message}; needs a restart`;
      return this.refuse(problems.map(say));
    }
    const changed = changedTiers(this.#current, config.tiers);
    if (changed.length > 0) this.#current = config.tiers;
    this.#refused = false;
    return {
      ok: true,
      changed,
      warnings: loaded.warnings.map(describeProblem),
      waiting: differences({ ...this.#started, tiers: undefined }, { ...config, tiers: undefined }),
    };
  }

  refuse(problems: readonly string[]): Reading {
    this.#refused = true;
    return { ok: false, problems };
  }
}

function changedTiers(before: readonly TierConfig[], after: readonly TierConfig[]): string[] {
  if (isDeepStrictEqual(before, after)) return [];
  const ids = [...new Set([...before, ...after].map(({ id }) => id))];
  const of = (tiers: readonly TierConfig[], id: string) => tiers.find((tier) => tier.id === id);
  const changed = ids.filter((id) => !isDeepStrictEqual(of(before, id), of(after, id)));
  // Only their order: the last that names a model has it.
  return changed.length > 0 ? changed : ids;
}

/** `mail.host`, `clients`: names alone, since values may be secrets. */
function differences(one: object, other: object, path = ''): string[] {
  const [ours, theirs] = [one, other] as Readonly<Record<string, unknown>>[];
  return Object.keys({ ...one, ...other }).flatMap((name) => {
    const [before, after] = [ours?.[name], theirs?.[name]];
    if (isDeepStrictEqual(before, after)) return [];
    return isRecord(before) && isRecord(after)
      ? differences(before, after, `${path}${name}.`)
      : [`${path}${name}`];
  });
}
