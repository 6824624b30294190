import { decodeJwt, decodeProtectedHeader } from 'jose';
import { errors, type Provider } from 'oidc-provider';

interface IdTokens {
  validate(jwt: string, client: unknown): Promise<unknown>;
}

/** Lets only an ID token be an `id_token_hint`: oidc-provider takes whatever we signed for that client. */
export function demandIdTokenAsHint(provider: Provider): void {
  const idTokens = provider.IdToken as unknown as IdTokens;
  const stock = idTokens.validate.bind(idTokens);
  idTokens.validate = async (jwt, client) => {
    if (!isIdToken(jwt)) throw new errors.InvalidRequest('could not validate id_token_hint');
    return stock(jwt, client);
  };
}

/** By its shape, which the signature then proves: RFC 8725 §3.12, rules that tell kinds of JWT apart. */
function isIdToken(jwt: string): boolean {
  try {
    const header = decodeProtectedHeader(jwt);
    const { typ = 'JWT' } = header;
    if (typ.toUpperCase() !== 'JWT' || 'crit' in header || 'b64' in header) return false;
    // OpenID Connect Core §2: an ID token has exp and iat; back-channel logout §2.4: a logout token has events.
    const { exp, iat, events } = decodeJwt(jwt);
    return typeof exp === 'number' && typeof iat === 'number' && events === undefined;
  } catch {
    return false;
  }
}
