/** What goes wrong on the client's side, by its `code`. No message or property carries a token, a code or a key. */
export abstract class ClientError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** There is no login, or it has ended: the person has to sign in. */
export class LoginRequired extends ClientError {
  readonly code = 'login_required';
}

/** The provider said no; `error` is OAuth's code (RFC 6749 §5.2). */
export class ProviderRefused extends ClientError {
  readonly code = 'provider_refused';
  readonly error: string;
  readonly description: string | undefined;
  readonly status: number;

  constructor(error: string, description: string | undefined, status: number) {
    super(
      description === undefined
        ? `The provider refused: ${error}`
        : `The provider refused: ${error}: ${description}`,
    );
    this.error = error;
    this.description = description;
    this.status = status;
  }
}

/** The provider gave no answer, or none that can be read. What was asked may have happened all the same. */
export class ProviderUnreachable extends ClientError {
  readonly code = 'provider_unreachable';
}

/** The provider describes itself or answers in a way that can't be trusted. */
export class ProviderUntrusted extends ClientError {
  readonly code = 'provider_untrusted';
}

/** The person, or the provider for her, said no at /authorize; `error` is OAuth's code (RFC 6749 §4.1.2.1). */
export class AuthorizationRefused extends ClientError {
  readonly code = 'authorization_refused';
  readonly error: string;
  readonly description: string | undefined;

  constructor(error: string, description?: string) {
    super(
      description === undefined ? `Not authorized: ${error}` : `Not authorized: ${error}: ${description}`,
    );
    this.error = error;
    this.description = description;
  }
}

/** The call would have taken the token to a server that it is not for. Nothing was sent. */
export class ForeignOrigin extends ClientError {
  readonly code = 'foreign_origin';
}

/** The server answered with a redirect. It is not followed: a proof is for one address. */
export class RedirectRefused extends ClientError {
  readonly code = 'redirect_refused';
}
