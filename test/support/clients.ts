import type { ConfigFile } from '../../src/config/schema.js';

export const gatewayA = 'https://a.models.test/';
export const gatewayB = 'https://b.models.test/';
export const jwtGateway = 'https://jwt.models.test/';

export const callback = 'https://app.test/callback';
export const secretOf = (clientId: string) => `${clientId}-secret-of-more-than-thirty-two-characters`;

/** Clients and resources that every test server knows. */
export const testClients: NonNullable<ConfigFile['clients']> = [
  {
    client_id: 'cli',
    client_name: 'Research agent',
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    redirect_uris: ['http://127.0.0.1/callback'],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    authorization_details_types: ['model_call'],
  },
  {
    client_id: 'spa',
    client_name: 'Tidewater Notebook',
    token_endpoint_auth_method: 'none',
    redirect_uris: [callback],
    post_logout_redirect_uris: ['https://app.test/signed-out'],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    authorization_details_types: ['model_call'],
  },
  {
    client_id: 'web',
    client_secret: secretOf('web'),
    redirect_uris: [callback],
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    response_types: ['code'],
    authorization_details_types: ['model_call'],
  },
  {
    client_id: 'fapi',
    client_secret: secretOf('fapi'),
    redirect_uris: [callback],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    authorization_details_types: ['model_call'],
    refresh_token_rotation: 'none',
  },
  {
    client_id: 'cluster',
    client_secret: secretOf('cluster'),
    redirect_uris: [callback],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    refresh_token_key_bound: false,
  },
  {
    client_id: 'service',
    client_secret: secretOf('service'),
    redirect_uris: [],
    grant_types: ['client_credentials'],
    response_types: [],
  },
  {
    client_id: 'bearer-only',
    client_secret: secretOf('bearer-only'),
    redirect_uris: [callback],
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    response_types: ['code'],
    dpop_bound_access_tokens: false,
  },
  ...['rs-a', 'rs-b', 'rs-jwt'].map((client_id) => ({
    client_id,
    client_secret: secretOf(client_id),
    redirect_uris: [],
    grant_types: [],
    response_types: [],
    introspection_signed_response_alg: 'ES256',
  })),
];

export const testResources: NonNullable<ConfigFile['resources']> = [
  { identifier: gatewayA, scope: 'model:call model:read', resource_servers: ['rs-a'] },
  { identifier: gatewayB, scope: 'b:call', resource_servers: ['rs-b'] },
  { identifier: jwtGateway, format: 'jwt', scope: 'jwt:call', resource_servers: ['rs-jwt'] },
];
