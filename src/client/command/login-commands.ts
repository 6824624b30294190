import { hasProfile, newSession, openSession, type SessionOptions } from './session.js';
import { exitCodes, type Terminal } from './terminal.js';

/** `holdfast login` */
export async function logIn(options: SessionOptions, terminal: Terminal): Promise<number> {
  const session = await newSession(options, terminal);
  await session.ask();
  const { resource, clientId } = session.profile;
  terminal.say(
    `Signed in for ${resource} as ${clientId}. The login is kept sealed by a key in ${session.place}.`,
  );
  return exitCodes.done;
}

/** `holdfast token`: a fresh access token. */
export async function printToken(
  { json, ...options }: SessionOptions & { readonly json?: true },
  terminal: Terminal,
): Promise<number> {
  const { login } = await openSession(options, terminal);
  const { key, token } = await login.access();
  const expiresAt = (await login.current())?.tokens?.expiresAt ?? 0;
  const seconds = Math.max(0, Math.floor((expiresAt - terminal.clock.now()) / 1000));
  const facts = { access_token: token, token_type: 'DPoP', expires_in: seconds, jkt: key.jkt };
  terminal.out(json ? `${JSON.stringify(facts, undefined, 2)}\n` : `${token}\n`);
  if (json) return exitCodes.done;
  terminal.say(
    `Bound to the key ${key.jkt}, for ${seconds} seconds. Alone it is worth nothing: each call needs a proof of\n` +
      'that key, which stays here. To call with it: holdfast curl, or holdfast proxy.',
  );
  return exitCodes.done;
}

/** `holdfast logout`: ends the login at the provider, and forgets it here even when the provider is away. */
export async function logOut(options: SessionOptions, terminal: Terminal): Promise<number> {
  if (!(await hasProfile(options, terminal))) {
    terminal.say('Nobody is signed in here.');
    return exitCodes.done;
  }
  const { login, profile } = await openSession(options, terminal);
  try {
    await login.revoke();
  } catch (error) {
    await login.forget();
    throw new Error(
      `Forgotten here, but ${profile.issuer} may not know: end it at ${profile.issuer}/account`,
      {
        cause: error,
      },
    );
  }
  terminal.say(`Signed out of ${profile.resource}.`);
  return exitCodes.done;
}
