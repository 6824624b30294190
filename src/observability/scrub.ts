/*
 * The second line of law 7: whatever a log line is made of, nothing in it that has the shape of a credential gets
 * out. The first line is not to log such things at all (redaction.ts).
 *
 * A stranger chooses much of this text, so each shape takes time in proportion to its length: what begins a match is
 * short, or the match then always succeeds.
 */
const shapes: readonly (readonly [RegExp, string])[] = [
  // Our opaque tokens and keys.
  [/hldf_[a-z]+_[0-9A-Za-z]+/g, '[token]'],
  // A JWT or JWE: a JSON object's base64url, then two to four more parts; also where it was cut off.
  [/\beyJ[\w-]{8,}(?:\.[\w-]*){0,4}/g, '[jwt]'],
  // Credentials of an Authorization header.
  [/\b(Basic|Bearer|DPoP)\s+[\w.~+/=-]{20,}/gi, '$1 [redacted]'],
  // Parameters of a form or a query whose values are credentials, or lead to one.
  [
    /\b(access_token|client_assertion|client_notification_token|client_secret|code|code_verifier|device_code|id_token_hint|logout_token|password|refresh_token|request|request_uri|state|token|user_code)=[^&\s"'\\]+/g,
    '$1=[redacted]',
  ],
  // A password inside a URL, as in DATABASE_URL.
  [/(:\/\/[^\s:/@"]{1,256}):[^\s@"]{1,512}@/g, '$1:[redacted]@'],
];

/** `text` with everything that looks like a credential replaced. */
export function scrubSecrets(text: string): string {
  let scrubbed = text;
  for (const [shape, replacement] of shapes) scrubbed = scrubbed.replace(shape, replacement);
  return scrubbed;
}
