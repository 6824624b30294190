import { nearest } from './nearest.js';
import type { ConfigProblem } from './problem.js';
import { listSettings, type Setting } from './settings.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface EnvironmentSource {
  /** Setting and value, for each variable that is set and not empty. */
  readonly values: readonly {
    readonly path: readonly string[];
    readonly value: unknown;
    readonly variable: string;
  }[];
  readonly problems: readonly ConfigProblem[];
}

/** Variables that begin with HOLDFAST_ and are no settings. */
const notSettings = new Set(['HOLDFAST_CONFIG']);

/** Reads the settings among the variables. An empty variable counts as not set, as compose files write it. */
export function readEnvironment(environment: Environment): EnvironmentSource {
  const settings = listSettings();
  const known = new Set([...settings.map(({ variable }) => variable), ...notSettings]);
  const problems: ConfigProblem[] = [];
  for (const variable of Object.keys(environment)) {
    if (!variable.startsWith('HOLDFAST_') || known.has(variable)) continue;
    const meant = nearest(variable, known);
    const hint = meant === undefined ? 'docs/CONFIG.md lists the settings' : `did you mean ${meant}?`;
    problems.push({ setting: '', source: variable, message: `is not a setting; ${hint}` });
  }
  const values = settings.flatMap((setting) => {
    const variable = [setting.variable, setting.shortVariable].find(
      (name) => name !== undefined && (environment[name] ?? '') !== '',
    );
    if (variable === undefined) return [];
    const read = readValue(setting, environment[variable] ?? '');
    if ('message' in read) {
      problems.push({ setting: setting.path.join('.'), source: variable, message: read.message });
      return [];
    }
    return [{ path: setting.path, value: read.value, variable }];
  });
  return { values, problems };
}

function readValue({ kind }: Setting, text: string): { value: unknown } | { message: string } {
  switch (kind) {
    case 'boolean':
      if (text !== 'true' && text !== 'false') return { message: 'must be true or false' };
      return { value: text === 'true' };
    case 'integer':
      if (!/^-?\d{1,15}$/.test(text)) return { message: 'must be a whole number' };
      return { value: Number(text) };
    case 'text':
      return { value: text };
    case 'json':
      try {
        return { value: JSON.parse(text) };
      } catch {
        return { message: 'must be JSON, as this setting is a list or a section' };
      }
  }
}
