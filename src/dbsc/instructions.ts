export interface BoundCookieRule {
  readonly name: string;
  /** As in `Set-Cookie`, but for Max-Age and Expires: one that differs makes every request refresh. */
  readonly attributes: string;
}

export interface SessionRules {
  readonly id: string;
  readonly refreshUrl: string;
  readonly cookie: BoundCookieRule;
  /** Paths (with all beneath them) that never wait for a refresh. */
  readonly exclude: readonly string[];
  /** Hosts of other sites whose links may start a refresh; `*` stands for all. */
  readonly allowedRefreshInitiators?: readonly string[];
}

/** The JSON that answers a registration or a refresh (DBSC §9.6); a session of this origin alone. */
export function sessionInstructions(rules: SessionRules): object {
  const { id, refreshUrl, cookie, exclude, allowedRefreshInitiators } = rules;
  return {
    session_identifier: id,
    refresh_url: refreshUrl,
    // DBSC §9.7: include_site MUST be present.
    scope: {
      include_site: false,
      scope_specification: exclude.map((path) => ({ type: 'exclude', domain: '*', path })),
    },
    credentials: [{ type: 'cookie', name: cookie.name, attributes: cookie.attributes }],
    ...(allowedRefreshInitiators && { allowed_refresh_initiators: [...allowedRefreshInitiators] }),
  };
}

/** The JSON that makes a browser forget a session (DBSC §9.6, `continue`). */
export function endInstructions(id: string): object {
  return { session_identifier: id, continue: false };
}
