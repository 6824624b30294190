/**
 * `/.well-known/device-bound-sessions` of a provider (DBSC §12.6): the origins whose sessions may be held by the keys of its own.
 * Every browser that is asked for this reads all of it, so it tells who relies on the provider.
 */
export function providerDocument(relyingOrigins: readonly string[]): object {
  return { relying_origins: [...relyingOrigins] };
}

/** The same of a relying party: the one provider whose keys its sessions may share. */
export function relyingDocument(providerOrigin: string): object {
  return { provider_origin: providerOrigin };
}
