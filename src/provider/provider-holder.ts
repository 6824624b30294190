import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import type { ProviderKeys } from './create-provider.js';
import type { SigningKeys, SigningKeySnapshot } from './signing-keys.js';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

export interface ProviderHolder {
  /** Handles a request with the provider of the moment; requests under way keep the one they began with. */
  readonly handle: Listener;
}

/** Builds a provider for the keys there are and swaps in another whenever they change: rotation needs no restart. */
export function holdProvider(
  signingKeys: SigningKeys,
  build: (keys: ProviderKeys) => Provider,
): ProviderHolder {
  const make = (snapshot: SigningKeySnapshot) => {
    const provider = build({
      signing: { keys: [...snapshot.signing] },
      published: snapshot.published,
    });
    return provider.callback() as Listener;
  };
  let listener = make(signingKeys.snapshot);
  signingKeys.onChange((snapshot) => {
    listener = make(snapshot);
  });
  return {
    handle: (request, response) => listener(request, response),
  };
}
