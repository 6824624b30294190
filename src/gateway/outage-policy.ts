import { matchesGlob, parseGlob, type Glob } from '../lib/glob.js';
import { foldModel } from '../lib/model-name.js';

/** What is done in local mode while the authorization server gives no answer. Without a rule that fits, nobody gets in. */
export interface OutageRule {
  /** Globs of the models whose calls the rule is for. Left out: it is for endpoints without a model. */
  readonly models?: readonly string[];
  /** `cached`: what was allowed to the same token goes on being allowed. */
  readonly answer: 'deny' | 'cached';
  /** How old that answer may be: for so long may a token go on that is revoked meanwhile. At most 300; default 60. */
  readonly seconds?: number;
}

/** How many seconds old an answer may be that is used in an outage; undefined: none may. */
export type OutagePolicy = (model?: string) => number | undefined;

const mostSeconds = 300;
const defaultSeconds = 60;

/** Throws a TypeError when a rule asks for longer than anything may be trusted. */
export function outagePolicy(rules: readonly OutageRule[] = []): OutagePolicy {
  const parsed = rules.map(({ models, answer, seconds = defaultSeconds }) => {
    if (!(seconds > 0 && seconds <= mostSeconds)) {
      throw new TypeError(`onOutage: seconds must be above 0 and at most ${mostSeconds}`);
    }
    return { globs: models && modelGlobs(models), seconds: answer === 'cached' ? seconds : undefined };
  });
  // The first rule that fits counts, so that a dear model can be taken out of a wider one that follows.
  return (model) =>
    parsed.find(({ globs }) =>
      model === undefined ? globs === undefined : globs !== undefined && fitsModel(globs, model),
    )?.seconds;
}

/** Globs of models are compared as tiers compare them: in one spelling. */
export function modelGlobs(globs: readonly string[]): readonly Glob[] {
  return globs.map((glob) => parseGlob(foldModel(glob) ?? glob));
}

export function fitsModel(globs: readonly Glob[], model: string): boolean {
  const folded = foldModel(model);
  return folded !== undefined && globs.some((glob) => matchesGlob(glob, folded));
}
