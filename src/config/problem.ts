/** One thing that is wrong (or, as a warning, merely without effect) in the configuration. */
export interface ConfigProblem {
  /** The setting in dotted form, `resources.0.identifier`; empty for the file as a whole. */
  readonly setting: string;
  /** Where it was written: `config/holdfast.yaml:12`, an environment variable, or undefined when nowhere. */
  readonly source: string | undefined;
  readonly message: string;
}

/** One line per problem, as the command prints them. */
export function describeProblem({ setting, source, message }: ConfigProblem): string {
  const place = [source, setting].filter((part) => part !== undefined && part !== '').join(' ');
  return place === '' ? message : `${place}: ${message}`;
}
