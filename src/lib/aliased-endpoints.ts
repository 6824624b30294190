/** RFC 8705 §5: the endpoints that have an alias where clients bring certificates, by their names in metadata. */
export const aliasedEndpoints = {
  token_endpoint: '/token',
  revocation_endpoint: '/revoke',
  introspection_endpoint: '/introspect',
  pushed_authorization_request_endpoint: '/par',
  backchannel_authentication_endpoint: '/backchannel',
  userinfo_endpoint: '/userinfo',
  call_authorization_endpoint: '/calls',
  usage_endpoint: '/usage',
  revocation_feed_endpoint: '/signals/revocations',
} as const;
