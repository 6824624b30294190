/** One challenge of a WWW-Authenticate header. Names are in lower case. */
export interface AuthenticateChallenge {
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const separator = /[\t ]*,[\t ,]*/y;
const scheme = /([!#$%&'*+\-.^_`|~0-9A-Za-z]+)(?:[\t ]+|(?=,)|$)/y;
const parameter =
  /([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[\t ]*=[\t ]*(?:"((?:[^"\\]|\\[^])*)"|([!#$%&'*+\-.^_`|~0-9A-Za-z]+))(?=[\t ]*(?:,|$))/y;
const token68 = /[A-Za-z0-9\-._~+/]+=*(?=[\t ]*(?:,|$))/y;

/**
 * The challenges of a WWW-Authenticate header, several header fields joined by commas included (RFC 9110 §11.6.1).
 * Reading ends at the first thing that is no challenge; of a parameter that comes twice the first counts.
 */
export function readAuthenticateHeader(header: string): readonly AuthenticateChallenge[] {
  const text = header.trim();
  const challenges: AuthenticateChallenge[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found ?? undefined;
  };

  take(/[\t ,]+/y);
  while (at < text.length) {
    const named = take(scheme);
    if (named?.[1] === undefined) break;
    challenges.push({ scheme: named[1].toLowerCase(), parameters: readParameters(take) });
    if (!take(separator)) break;
  }
  return challenges;
}

type Take = (pattern: RegExp) => RegExpExecArray | undefined;

/** What follows a scheme: parameters as long as they come, or a token68, which tells us nothing. */
function readParameters(take: Take): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  const one = (): boolean => {
    const [, name = '', quoted, plain = ''] = take(parameter) ?? [];
    if (name === '') return false;
    const key = name.toLowerCase();
    if (!parameters.has(key)) parameters.set(key, quoted?.replace(/\\([^])/g, '$1') ?? plain);
    return true;
  };
  if (!one()) {
    take(token68);
    return parameters;
  }
  while (take(anotherParameter) && one());
  return parameters;
}

/** A comma that another parameter follows, not another scheme. */
const anotherParameter =
  /[\t ]*,[\t ,]*(?=[!#$%&'*+\-.^_`|~0-9A-Za-z]+[\t ]*=[\t ]*["!#$%&'*+\-.^_`|~0-9A-Za-z])/y;
