import assert from 'node:assert/strict';
import { EventEmitter, on } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { BrowserContext, CDPSession } from 'playwright-core';
import type { Person } from './browser.js';
import { trustsOurCertificate } from './front-door.js';

/** For a Chromium that binds sessions to keys (DBSC); here they are of software, for want of a TPM. */
export const binding = [
  trustsOurCertificate,
  '--enable-features=DeviceBoundSessions,EnableBoundSessionCredentialsSoftwareKeysForManualTesting',
];

/** As other browsers are. */
export const notBinding = [trustsOurCertificate];

interface BoundSession {
  readonly key: { readonly id: string };
}

/** Of `Network.deviceBoundSessionEventOccurred`. */
interface Told {
  readonly creationEventDetails?: { readonly fetchResult: string; readonly newSession?: BoundSession };
  readonly refreshEventDetails?: { readonly refreshResult: string };
  readonly terminationEventDetails?: { readonly deletionReason: string };
}

type Kind = 'creation' | 'refresh' | 'termination';

/**
 * What one browser does with its device bound sessions, as it tells its developer tools. Chromium signs six times for a site in nine
 * minutes, registrations included: each test has a context of its own, which has a quota of its own.
 */
export class DeviceSessions {
  /** Those that it brought along from an earlier run. */
  readonly kept: readonly BoundSession[];
  readonly told: Told[] = [];
  readonly #context: BrowserContext;
  readonly #devtools: CDPSession;
  readonly #news = new EventEmitter();
  readonly #awaited = new Set<Told>();

  private constructor(context: BrowserContext, devtools: CDPSession, kept: DeviceSessions['kept']) {
    this.#context = context;
    this.#devtools = devtools;
    this.kept = kept;
    devtools.on('Network.deviceBoundSessionEventOccurred', (event) => {
      this.told.push(event);
      this.#news.emit('told');
    });
  }

  static async watch({ context, page }: Person): Promise<DeviceSessions> {
    const devtools = await context.newCDPSession(page);
    await devtools.send('Network.enable');
    const added = new Promise<DeviceSessions['kept']>((resolve) =>
      devtools.once('Network.deviceBoundSessionsAdded', ({ sessions }) => resolve(sessions)),
    );
    await devtools.send('Network.enableDeviceBoundSessions', { enable: true });
    return new DeviceSessions(context, devtools, await added);
  }

  /** The next of this kind that was not awaited before; those that came in the meantime count. */
  async next(kind: Kind, patience = 10_000): Promise<Told> {
    const take = () => {
      const found = this.told.find((event) => `${kind}EventDetails` in event && !this.#awaited.has(event));
      if (found) this.#awaited.add(found);
      return found;
    };
    const known = take();
    if (known) return known;
    try {
      for await (const _ of on(this.#news, 'told', { signal: AbortSignal.timeout(patience) })) {
        const found = take();
        if (found) return found;
      }
    } catch (cause) {
      throw new Error(`the browser told no ${kind}, but\n${JSON.stringify(this.told, undefined, 2)}`, {
        cause,
      });
    }
    throw new Error('the browser is closed');
  }

  /** The id of a session that is registered next. */
  async registered(): Promise<string> {
    const { creationEventDetails: { fetchResult, newSession } = {} } = await this.next('creation');
    assert.equal(fetchResult, 'Success');
    return newSession?.key.id ?? '';
  }

  /** What the browser did about its next refresh. */
  async refreshed(): Promise<string | undefined> {
    return (await this.next('refresh')).refreshEventDetails?.refreshResult;
  }

  /** Why its next session ended. */
  async ended(): Promise<string | undefined> {
    return (await this.next('termination')).terminationEventDetails?.deletionReason;
  }

  /** As the end of their life does, but at once. */
  async lose(origin: string, name: string): Promise<void> {
    await this.#devtools.send('Network.deleteCookies', { name, url: `${origin}/` });
    assert.equal(await this.cookie(name), undefined);
  }

  /** Its key is gone, as after a reset of the device. */
  async forget(id: string): Promise<void> {
    await this.#devtools.send('Network.deleteDeviceBoundSession', { key: { site: 'https://localhost', id } });
    await this.next('termination');
  }

  /** Resolves when the browser has dropped the cookie by itself. */
  async gone(name: string): Promise<void> {
    // Nothing tells of it.
    // oxlint-disable-next-line no-await-in-loop
    while ((await this.cookie(name)) !== undefined) await wait(100);
  }

  async cookie(name: string): Promise<string | undefined> {
    return (await this.#context.cookies()).find((cookie) => cookie.name === name)?.value;
  }
}
