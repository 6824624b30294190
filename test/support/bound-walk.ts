import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { DeviceSessions } from './bound-browser.js';
import { Person } from './browser.js';
import { unique } from './records.js';

export const sessionCookie = '__Host-holdfast_session';
export const boundCookie = '__Host-holdfast_bound';

/** By the form of the test login, at her account when it is done. */
export async function signInAt(page: Page, origin: string, login = unique('ada')): Promise<string> {
  await page.goto(`${origin}/account`);
  await page.getByLabel('Login').fill(login);
  await page.getByRole('button', { name: 'Sign in as a test' }).click();
  await signedIn(page, origin);
  return login;
}

/** At her account, and it is hers. */
export async function signedIn(page: Page, origin: string): Promise<void> {
  await page.waitForURL(`${origin}/account`);
  await page.locator('#passkeys').waitFor();
}

/** Asks for her account anew. */
export async function comesBack(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/account`);
  await signedIn(page, origin);
}

export async function isStranger(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/account`);
  await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
}

/** `count` requests of the page at once; what each was answered. */
export function fetchAtOnce(page: Page, count: number): Promise<string[]> {
  return page.evaluate(
    (times) =>
      Promise.all(
        Array.from({ length: times }, async (_, index) => {
          const { status, url } = await fetch(`/account?${index}`);
          return `${status} ${new URL(url).pathname}`;
        }),
      ),
    count,
  );
}

/** A person in a browser that binds her sessions, signed in. */
export class BoundPerson {
  readonly person: Person;
  readonly sessions: DeviceSessions;
  readonly origin: string;
  readonly login: string;
  /** Of the session that her browser holds by its key. */
  readonly id: string;

  private constructor(person: Person, sessions: DeviceSessions, origin: string, login: string, id: string) {
    this.person = person;
    this.sessions = sessions;
    this.origin = origin;
    this.login = login;
    this.id = id;
  }

  static async arrive(browser: Browser, origin: string): Promise<BoundPerson> {
    return await BoundPerson.signIn(await Person.arrive(browser), origin);
  }

  static async signIn(person: Person, origin: string): Promise<BoundPerson> {
    const sessions = await DeviceSessions.watch(person);
    const login = await signInAt(person.page, origin);
    const id = await sessions.registered();
    return new BoundPerson(person, sessions, origin, login, id);
  }

  /** With an account of her own and a passkey, which confirms at once where the server holds none back. */
  static async signUp(person: Person, origin: string): Promise<BoundPerson> {
    const sessions = await DeviceSessions.watch(person);
    await person.page.goto(`${origin}/account`);
    await person.signUp('Ada');
    await signedIn(person.page, origin);
    return new BoundPerson(person, sessions, origin, 'Ada', await sessions.registered());
  }

  get page(): Page {
    return this.person.page;
  }

  /** Her bound cookie is over. */
  async expire(): Promise<void> {
    assert.ok(await this.sessions.cookie(boundCookie), 'there is no bound cookie');
    await this.sessions.lose(this.origin, boundCookie);
  }

  async comesBack(): Promise<void> {
    await comesBack(this.page, this.origin);
  }

  async leave(): Promise<void> {
    this.person.assertNoComplaint();
    await this.person.context.close();
  }
}
