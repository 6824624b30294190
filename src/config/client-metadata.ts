/*
 * The names that an entry of `clients` may use: RFC 7591 and OpenID Connect registration as far as they have an effect
 * here (a test asks oidc-provider), and our own switches. Anything else is refused: neither a misspelt
 * `dpop_bound_access_token` nor a `require_signed_request_object` that nothing enforces is passed over in silence.
 */
export const clientMetadataNames: ReadonlySet<string> = new Set([
  'application_type',
  'backchannel_client_notification_endpoint',
  'backchannel_logout_session_required',
  'backchannel_logout_uri',
  'backchannel_token_delivery_mode',
  'client_id',
  'client_name',
  'client_secret',
  'client_uri',
  'contacts',
  'default_acr_values',
  'default_max_age',
  'dpop_bound_access_tokens',
  'grant_types',
  'id_token_signed_response_alg',
  'initiate_login_uri',
  'introspection_signed_response_alg',
  'jwks',
  'jwks_uri',
  'logo_uri',
  'policy_uri',
  'post_logout_redirect_uris',
  'redirect_uris',
  'require_auth_time',
  'require_pushed_authorization_requests',
  'response_modes',
  'response_types',
  'scope',
  'sector_identifier_uri',
  'subject_type',
  'token_endpoint_auth_method',
  'token_endpoint_auth_signing_alg',
  'tos_uri',
  // Ours (provider/client-policy.ts).
  'allowed_cors_origins',
  'refresh_token_key_bound',
  'refresh_token_rotation',
]);
