import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import type { ProviderKeys } from './create-provider.js';
import type { SigningKeys, SigningKeySnapshot } from './signing-keys.js';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

export interface ProviderHolder {
  /** Handles a request with the provider of the moment; requests under way keep the one they began with. */
  readonly handle: Listener;
  /** The provider of the moment. */
  readonly provider: Provider;
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
    return { provider, listener: provider.callback() as Listener };
  };
  let present = make(signingKeys.snapshot);
  signingKeys.onChange((snapshot) => {
    present = make(snapshot);
  });
  return {
    handle: (request, response) => present.listener(request, response),
    get provider() {
      return present.provider;
    },
  };
}
