/** `Secure-Session-Registration`, as a browser reads it. */
export interface OfferSeen {
  readonly algorithms: readonly string[];
  readonly path: string;
  readonly challenge: string;
  readonly authorization: string | undefined;
  /** Where it was seen. */
  readonly url: string;
}

export function registrationOffer(header: string | null, url: string): OfferSeen | undefined {
  const [, list, rest = ''] = /^\(([A-Z0-9 ]+)\)(;.*)$/.exec(header ?? '') ?? [];
  if (list === undefined) return undefined;
  const parameters = new Map([...rest.matchAll(/;(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
  const [path, challenge] = [parameters.get('path'), parameters.get('challenge')];
  // Chromium registers nowhere without a challenge.
  if (path === undefined || challenge === undefined) return undefined;
  return {
    algorithms: list.split(' '),
    path,
    challenge,
    authorization: parameters.get('authorization'),
    url,
  };
}
