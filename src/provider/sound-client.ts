import { errors, type Client, type Provider } from 'oidc-provider';

/**
 * A client as oidc-provider finds it; undefined also where its metadata are none (a public client that was given a grant
 * for confidential ones): the long way meets the same and has the words for it.
 */
export async function findSoundClient(provider: Provider, clientId: string): Promise<Client | undefined> {
  try {
    return await provider.Client.find(clientId);
  } catch (error) {
    if (error instanceof errors.OIDCProviderError) return undefined;
    throw error;
  }
}
