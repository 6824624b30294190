import {
  SoftwareAuthenticator,
  type Assertion,
  type CreationOptions,
  type RequestOptions,
} from '../support/software-authenticator.js';
import { attributeOf, Browser, type Page } from './browser.js';

/** Someone with a device that holds her passkeys. */
export class Person {
  /** Her device, which holds her passkeys. */
  readonly authenticator: SoftwareAuthenticator;
  readonly #name: string;
  readonly #newBrowser: () => Browser;
  /** Where she signed in last. */
  browser: Browser;

  constructor(name: string, issuer: string, newBrowser = () => new Browser()) {
    this.#name = name;
    this.#newBrowser = newBrowser;
    this.browser = newBrowser();
    this.authenticator = new SoftwareAuthenticator(issuer);
  }

  /** Makes an account with a passkey at the login page that `address` leads to, and allows what the app asks. */
  async signUp(address: URL): Promise<void> {
    const browser = this.#newBrowser();
    const login = await browser.open(address);
    const first = new URL(`${attributeOf(login, 'data-base')}/sign-up`, login.url);
    const fields = { csrf: attributeOf(login, 'data-csrf'), display_name: this.#name };
    const page = await browser.submit(first, fields);
    const { at, csrf } = ceremonyOf(page, 'sign-up');
    const options = await browser.postJson(at('options'), { csrf });
    const response = this.authenticator.register(options as unknown as CreationOptions);
    const { location } = await browser.postJson(at('result'), { csrf, response });
    await allow(browser, await browser.open(new URL(String(location), page.url)));
  }

  /** Signs in with the passkey, in a browser that has never been here. */
  async signIn(address: URL): Promise<void> {
    const browser = this.#newBrowser();
    this.browser = browser;
    const page = await browser.open(address);
    const { at, csrf } = ceremonyOf(page, 'sign-in');
    const options = await browser.postJson(at('options'), { csrf });
    const response = this.authenticator.assert(options as unknown as RequestOptions);
    const { location } = await browser.postJson(at('result'), { csrf, response });
    await allow(browser, await browser.open(new URL(String(location), page.url)));
  }

  /** Approves what the page shows, in the browser where she is signed in; returns what her passkey signed. */
  async approve(address: URL): Promise<Assertion> {
    const { at, csrf, seen, page } = approvalAt(await this.browser.open(address));
    const options = await this.browser.postJson(at('options'), { csrf, seen });
    const response = this.authenticator.assert(options as unknown as RequestOptions);
    const { location } = await this.browser.postJson(at('result'), { csrf, response });
    await this.browser.open(new URL(String(location), page.url));
    return response;
  }
}

/** The page that asks for an approval: what its script would send, and where. */
export function approvalAt(page: Page) {
  const base = attributeOf(page, 'data-base');
  return {
    page,
    csrf: attributeOf(page, 'data-csrf'),
    seen: attributeOf(page, 'data-seen'),
    at: (step: 'options' | 'result') => new URL(`${base}/approval/${step}`, page.url),
  };
}

function ceremonyOf(page: Page, kind: 'sign-up' | 'sign-in') {
  const base = attributeOf(page, 'data-base');
  return {
    csrf: attributeOf(page, 'data-csrf'),
    at: (step: 'options' | 'result') => new URL(`${base}/passkey/${kind}/${step}`, page.url),
  };
}

/** Her own account asks for no consent. */
async function allow(browser: Browser, consent: Page): Promise<void> {
  if (consent.url.pathname === '/account') return;
  const csrf = /name="csrf" value="([^"]*)"/.exec(consent.html)?.[1];
  if (csrf === undefined)
    throw new Error(`no consent page at ${consent.url.href}:\n${consent.html.slice(0, 500)}`);
  await browser.submit(new URL(attributeOf(consent, 'action'), consent.url), { csrf, decision: 'allow' });
}
