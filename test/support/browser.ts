import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { SoftwarePasskey } from '../../examples/support/software-authenticator.js';
import { chromium, type Browser, type BrowserContext, type CDPSession, type Page } from 'playwright-core';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Pictures of the pages land here; those that the documentation shows are copied to docs/shots by hand. */
const shots = path.resolve(import.meta.dirname, '../../shots');

const executablePath = process.env['TEST_CHROMIUM_BIN'] ?? '/usr/bin/chromium';

/**
 * @param more flags of Chromium
 * @param env variables that it has besides ours
 */
export function launchBrowser(
  more: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Browser> {
  return chromium.launch({
    executablePath,
    headless: true,
    args: [...flags, ...more],
    env: { ...process.env, ...env },
  });
}

/** A browser whose profile is this folder: what it keeps on disk is there when it is opened again. */
export function openProfile(folder: string, more: readonly string[] = []): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, {
    executablePath,
    headless: true,
    args: [...flags, ...more],
  });
}

export interface Look {
  readonly width?: 390 | 1280;
  readonly colorScheme?: 'light' | 'dark';
  readonly script?: boolean;
  /** Whether passkeys are offered in the e-mail field; the virtual authenticator then takes the first one by itself. */
  readonly autofill?: boolean;
}

const withoutAutofill =
  'globalThis.PublicKeyCredential && (PublicKeyCredential.isConditionalMediationAvailable = async () => false)';

/** A person's browser: one window with a passkey authenticator, and an ear for everything that the page complains of. */
export class Person {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly complaints: string[] = [];
  readonly #devtools: CDPSession;
  readonly #authenticatorIds: string[] = [];

  private constructor(page: Page, devtools: CDPSession) {
    this.page = page;
    this.context = page.context();
    this.#devtools = devtools;
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
  }

  static async arrive(browser: Browser, look: Look = {}): Promise<Person> {
    const { width = 390, colorScheme = 'light', script = true } = look;
    const viewport = { width, height: width === 390 ? 844 : 800 };
    return Person.in(await browser.newContext({ viewport, colorScheme, javaScriptEnabled: script }), look);
  }

  /** In a new tab of a browser that is open. */
  static async in(context: BrowserContext, look: Pick<Look, 'autofill'> = {}): Promise<Person> {
    if (look.autofill !== true) await context.addInitScript(withoutAutofill);
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send('WebAuthn.enable');
    const person = new Person(page, devtools);
    await person.#plugIn('internal');
    return person;
  }

  /** A security key beside the authenticator of her device. */
  async plugInSecurityKey(): Promise<void> {
    await this.#plugIn('usb');
  }

  /** Whether her finger is recognized. */
  async verifies(isUserVerified: boolean): Promise<void> {
    for (const authenticatorId of this.#authenticatorIds) {
      await this.#devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
    }
  }

  /** Whether she touches the authenticator whenever it asks; else it waits. */
  async touches(enabled: boolean): Promise<void> {
    for (const authenticatorId of this.#authenticatorIds) {
      await this.#devtools.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });
    }
  }

  /** What her passkeys are filed under in her password manager. */
  async passkeyNames(): Promise<string[]> {
    const names: string[] = [];
    for (const authenticatorId of this.#authenticatorIds) {
      const { credentials } = await this.#devtools.send('WebAuthn.getCredentials', { authenticatorId });
      names.push(
        ...credentials.map(({ userName = '', userDisplayName = '' }) => `${userName} (${userDisplayName})`),
      );
    }
    return names;
  }

  async passkeys(): Promise<number> {
    let count = 0;
    for (const authenticatorId of this.#authenticatorIds) {
      const { credentials } = await this.#devtools.send('WebAuthn.getCredentials', { authenticatorId });
      count += credentials.length;
    }
    return count;
  }

  async #plugIn(transport: 'internal' | 'usb'): Promise<void> {
    const { authenticatorId } = await this.#devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        ctap2Version: 'ctap2_1',
        transport,
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    this.#authenticatorIds.push(authenticatorId);
  }

  /** From the login page, without an address: on to whatever comes after the passkey. */
  async signUp(name: string): Promise<void> {
    const { page } = this;
    await page.getByRole('link', { name: 'Create an account' }).click();
    await page.getByLabel('What should we call you?').fill(name);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Create a passkey' }).click();
  }

  /** Puts a passkey that was made elsewhere into her authenticator. */
  async given({ credentialId, privateKey, rpId, userHandle, signCount }: SoftwarePasskey): Promise<void> {
    const [authenticatorId = ''] = this.#authenticatorIds;
    await this.#devtools.send('WebAuthn.addCredential', {
      authenticatorId,
      credential: {
        credentialId: credentialId.toString('base64'),
        isResidentCredential: true,
        rpId,
        privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
        userHandle: Buffer.from(userHandle, 'base64url').toString('base64'),
        signCount,
      },
    });
  }

  async picture(name: string): Promise<void> {
    mkdirSync(shots, { recursive: true });
    await this.page.screenshot({ path: path.join(shots, `${name}.png`) });
  }

  /** Nothing was blocked by the policy and no script failed. */
  assertNoComplaint(): void {
    assert.deepEqual(this.complaints, []);
  }
}

/** A client app's own address on the loopback: where the browser comes back to. */
export class AppPage {
  readonly arrivals: URL[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', this.origin);
      if (url.pathname === '/callback') this.arrivals.push(url);
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><link rel="icon" href="data:,"><h1>Back at the app</h1>');
    });
  }

  static async open(): Promise<AppPage> {
    const app = new AppPage();
    await new Promise<void>((resolve) => app.#server.listen(0, '127.0.0.1', resolve));
    return app;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get redirectUri(): string {
    return `${this.origin}/callback`;
  }

  /** Parameters of the newest authorization response. */
  get response(): URLSearchParams {
    const last = this.arrivals.at(-1);
    assert.ok(last, 'the browser did not come back');
    return last.searchParams;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
