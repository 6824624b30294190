/** The kinds of client that `holdfast client add` knows. */
export type ClientKind = 'spa' | 'native' | 'web' | 'service' | 'resource-server';

export interface ClientWish {
  readonly clientId: string;
  readonly kind: ClientKind;
  readonly name: string | undefined;
  /** Where a browser app or a web app is sent back to. */
  readonly redirectUri: string | undefined;
}

/** Metadata (RFC 7591) for a client of that kind. The secret of confidential kinds is not in it. */
export function metadataOf({ clientId, kind, name, redirectUri }: ClientWish): Record<string, unknown> {
  const named = { client_id: clientId, ...(name === undefined ? {} : { client_name: name }) };
  const codeFlow = {
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    authorization_details_types: ['model_call'],
  };
  const noFlow = { redirect_uris: [], response_types: [] };
  switch (kind) {
    case 'native':
      return {
        ...named,
        ...codeFlow,
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        redirect_uris: ['http://127.0.0.1/callback'],
        dpop_bound_access_tokens: true,
      };
    case 'spa':
      return {
        ...named,
        ...codeFlow,
        application_type: 'web',
        token_endpoint_auth_method: 'none',
        redirect_uris: [redirectUri],
        dpop_bound_access_tokens: true,
      };
    case 'web':
      return {
        ...named,
        ...codeFlow,
        token_endpoint_auth_method: 'client_secret_basic',
        redirect_uris: [redirectUri],
        dpop_bound_access_tokens: true,
      };
    case 'service':
      return {
        ...named,
        ...noFlow,
        token_endpoint_auth_method: 'client_secret_basic',
        grant_types: ['client_credentials'],
        dpop_bound_access_tokens: true,
      };
    case 'resource-server':
      return { ...named, ...noFlow, token_endpoint_auth_method: 'client_secret_basic', grant_types: [] };
  }
}

export function hasSecret(kind: ClientKind): boolean {
  return kind === 'web' || kind === 'service' || kind === 'resource-server';
}
