import { browserSupportsWebAuthnAutofill, startAuthentication } from '@simplewebauthn/browser';
import { wasReplaced } from '../../web/islands/ceremony.js';

export type AuthenticationOptions = Parameters<typeof startAuthentication>[0]['optionsJSON'];
export type Assertion = Awaited<ReturnType<typeof startAuthentication>>;

export interface AutofillPorts {
  readonly options: () => Promise<AuthenticationOptions>;
  /** The person picked a passkey in the field. */
  readonly picked: (assertion: Assertion) => void;
}

/** How long before a challenge dies a new one takes its place. */
const margin = 30_000;

/**
 * Offers her passkeys in the e-mail field's own list (`mediation: 'conditional'`), as long as the page is open: a
 * challenge lives for five minutes, so that it is renewed. A ceremony of the button takes its place; `offer` again
 * afterwards.
 */
export class Autofill {
  readonly #ports: AutofillPorts;
  #renewal: number | undefined;
  #round = 0;

  constructor(ports: AutofillPorts) {
    this.#ports = ports;
  }

  async offer(): Promise<void> {
    this.stop();
    const round = this.#round;
    if (!(await browserSupportsWebAuthnAutofill())) return;
    try {
      const optionsJSON = await this.#ports.options();
      if (round !== this.#round) return;
      this.#renewal = window.setTimeout(() => void this.offer(), (optionsJSON.timeout ?? 300_000) - margin);
      const assertion = await startAuthentication({ optionsJSON, useBrowserAutofill: true });
      if (round === this.#round) this.#ports.picked(assertion);
    } catch (error) {
      // Without it the button still works; that the sign-in is over, the button says, too.
      if (!wasReplaced(error)) this.stop();
    }
  }

  /** No new round begins; the request itself is aborted by the next ceremony. */
  stop(): void {
    this.#round += 1;
    window.clearTimeout(this.#renewal);
  }
}
