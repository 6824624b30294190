import type { CallChallenge } from '../challenge.js';
import { AuthorizationRefused } from '../client-error.js';
import type { Login } from '../login.js';
import { listenForRedirect } from './loopback-redirect.js';
import { NotApproved } from './person-answer.js';
import { plainText, type Terminal } from './terminal.js';

const patience = 300_000;

/** Sends the person to the provider in this machine's browser, and takes the answer on a loopback port (RFC 8252). */
export async function askInBrowser(
  login: Login,
  challenge: CallChallenge | undefined,
  terminal: Terminal,
): Promise<void> {
  const loopback = await listenForRedirect();
  try {
    // OIDC Core §11: offline_access asks for the person's consent.
    const parameters = { prompt: 'consent' };
    const { address, departure } = await login.depart({
      redirectUri: loopback.redirectUri,
      parameters,
      ...(challenge && { challenge }),
    });
    const arrival = loopback.arrival(departure.state);
    terminal.say(plainText(`Go on in the browser:\n  ${address}`));
    terminal.openBrowser(address);
    const response = await Promise.race([arrival, terminal.wait(patience)]);
    if (!response) throw new NotApproved('expired');
    await login.arrive(departure, response);
  } catch (error) {
    if (!(error instanceof AuthorizationRefused)) throw error;
    throw new NotApproved('denied', error.description && plainText(error.description));
  } finally {
    loopback.close();
  }
}
