import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { systemClock, type Clock } from '../lib/clock.js';
import { codeOf } from '../lib/error-code.js';
import { isRecord } from '../lib/json.js';
import { findContradictions, findDoubts, type Finding } from './cross-checks.js';
import { readEnvironment, type Environment, type EnvironmentSource } from './environment-source.js';
import { freezeDeeply, removeAt, setAt } from './nested.js';
import { nearest } from './nearest.js';
import { fillPlaceholders } from './placeholders.js';
import type { ConfigProblem } from './problem.js';
import { configSchema, type Config } from './schema.js';
import { listEntryFields, listSettings } from './settings.js';
import { completeWebhooks } from './webhooks.js';
import { completeTrustedIssuers } from './trusted-issuers.js';
import { completeUpstreamProviders } from './upstream-providers.js';
import { parseYaml, type YamlSource } from './yaml-source.js';

export interface ConfigSources {
  /** Default: the variables of this process. */
  readonly env?: Environment;
  /** Reads a file as text; throws as node:fs does. */
  readonly readFile?: (file: string) => string;
  /** What is said of days to come is judged by it. Default: that of the machine. */
  readonly clock?: Clock;
  /** Sets `tls.local`, as `--tls` does. */
  readonly localTls?: boolean;
}

export type LoadedConfig =
  | {
      readonly ok: true;
      readonly config: Config;
      readonly file: string;
      readonly warnings: readonly ConfigProblem[];
    }
  | { readonly ok: false; readonly file: string; readonly problems: readonly ConfigProblem[] };

const defaultFile = 'config/holdfast.yaml';

/** The configuration: the file at HOLDFAST_CONFIG, overridden by variables. Or everything wrong with it, at once. */
export function loadConfig(sources: ConfigSources = {}): LoadedConfig {
  const env = sources.env ?? process.env;
  const file = env['HOLDFAST_CONFIG'] ?? defaultFile;
  const yaml = readYaml(file, env['HOLDFAST_CONFIG'] !== undefined, sources.readFile ?? readText);
  const variables = readEnvironment(env);
  const problems = [...yaml.problems, ...variables.problems];
  const raw: Record<string, unknown> = structuredClone(yaml.values);
  for (const { path, value } of variables.values) setAt(raw, path, value);
  if (sources.localTls === true) setAt(raw, ['tls', 'local'], true);
  const filled = fillPlaceholders(raw, originsOf(raw)) as Record<string, unknown>;

  const locate = (path: readonly PropertyKey[]) => sourceOf(path, variables, yaml);
  const located = ({ path, message }: Finding): ConfigProblem => ({
    setting: path.join('.'),
    source: locate(path),
    message,
  });
  let parsed = configSchema.safeParse(filled);
  if (!parsed.success) {
    problems.push(...parsed.error.issues.flatMap(describeIssue).map(located));
    // What remains without the faulty settings is checked too, so that one run shows every problem.
    for (const { path } of parsed.error.issues.flatMap(describeIssue)) removeAt(filled, path);
    parsed = configSchema.safeParse(filled);
  }
  if (!parsed.success) return { ok: false, file, problems };
  const config = complete(parsed.data, env);
  if (typeof config === 'string') {
    problems.push(located({ path: ['port'], message: config }));
    return { ok: false, file, problems };
  }
  const now = (sources.clock ?? systemClock).now();
  problems.push(...findContradictions(config, now).map(located));
  if (problems.length > 0) return { ok: false, file, problems };
  return { ok: true, config: freezeDeeply(config), file, warnings: findDoubts(config, now).map(located) };
}

function readText(file: string): string {
  return readFileSync(file, 'utf8');
}

function readYaml(file: string, named: boolean, readFile: (file: string) => string): YamlSource {
  const nothing = { values: {}, problems: [], locate: () => undefined };
  try {
    return parseYaml(file, readFile(file));
  } catch (error) {
    const missing = codeOf(error) === 'ENOENT';
    if (missing && !named) return nothing;
    const message = missing
      ? 'there is no such file (HOLDFAST_CONFIG)'
      : `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    return { ...nothing, problems: [{ setting: '', source: file, message }] };
  }
}

function sourceOf(path: readonly PropertyKey[], variables: EnvironmentSource, yaml: YamlSource) {
  const variable = variables.values.find((value) => value.path.every((step, index) => step === path[index]));
  return variable?.variable ?? yaml.locate(path);
}

/** The origins that placeholders stand for, as far as the raw settings tell; faulty ones are reported elsewhere. */
function originsOf(raw: Readonly<Record<string, unknown>>) {
  const port = typeof raw['port'] === 'number' ? raw['port'] : 6180;
  const issuer =
    typeof raw['issuer'] === 'string'
      ? raw['issuer'].replace(/\/$/, '')
      : localIssuer(port, isRecord(raw['tls']) && raw['tls']['local'] === true);
  const gateway = isRecord(raw['example_gateway']) ? raw['example_gateway']['port'] : undefined;
  const host = URL.canParse(issuer) ? new URL(issuer).hostname : 'localhost';
  return { issuer, gateway: `http://${host}:${typeof gateway === 'number' ? gateway : port + 1}` };
}

function localIssuer(port: number, tls: boolean): string {
  return `${tls ? 'https' : 'http'}://localhost:${port}`;
}

function complete(parsed: z.output<typeof configSchema>, env: Environment): Config | string {
  const { port } = parsed;
  if (port === 0 && parsed.issuer === undefined) return '0 (any free port) needs an issuer to be set';
  const issuer = (parsed.issuer ?? localIssuer(port, parsed.tls.local)).replace(/\/$/, '');
  return {
    ...parsed,
    issuer,
    management_port: parsed.management_port ?? (port === 0 ? 0 : port + 2),
    gateway_port: parsed.example_gateway.port ?? (port === 0 ? 0 : port + 1),
    rp_id: parsed.rp_id ?? new URL(issuer).hostname,
    webhooks: completeWebhooks(parsed.webhooks, env),
    upstream_providers: completeUpstreamProviders(parsed.upstream_providers, env),
    trusted_issuers: completeTrustedIssuers(parsed.trusted_issuers),
  };
}

function describeIssue(issue: z.core.$ZodIssue): Finding[] {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  if (issue.code !== 'unrecognized_keys') {
    const absent = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
    return [{ path, message: absent ? 'is required' : issue.message }];
  }
  return issue.keys.map((key) => {
    const meant = nearestSetting(key, path);
    const hint = meant === undefined ? 'docs/CONFIG.md lists the settings' : `did you mean ${meant}?`;
    return { path: [...path, key], message: `is not a setting; ${hint}` };
  });
}

/** The nearest name at the same place; else the setting elsewhere that ends in that name. */
function nearestSetting(key: string, parent: readonly (string | number)[]): string | undefined {
  const settings = parent.some((step) => typeof step === 'number')
    ? listEntryFields(String(parent[0]))
    : listSettings();
  const depth = parent.filter((step) => typeof step === 'string').length;
  const inList = parent.some((step) => typeof step === 'number');
  const here = settings
    .map(({ path }) => (inList ? path : path.slice(depth)))
    .filter((_, index) => inList || parent.every((step, at) => settings[index]?.path[at] === step))
    .flatMap(([name]) => (name === undefined ? [] : [name]));
  const beside = nearest(key, new Set(here));
  if (beside !== undefined) return beside;
  return listSettings()
    .map(({ path }) => path)
    .find((path) => path.at(-1) === key)
    ?.join('.');
}
