import type { RouterContext } from '@koa/router';
import { epochSeconds, type Clock } from '../lib/clock.js';
import { keyedDigest, sameBytes } from '../lib/hashing.js';

const cookieName = 'holdfast_account_status';
const seconds = 60;

/** What came of the last answer: `done.passkey_added`, `problem.passkey_last`. */
export interface Status {
  readonly kind: 'done' | 'problem';
  readonly code: string;
}

/**
 * A message that survives one redirect. It travels in a cookie that only we can make: no link shows a person something
 * that did not happen.
 */
export class StatusMessages {
  readonly #key: Uint8Array;
  readonly #clock: Clock;

  constructor({ consoleKey, clock }: { readonly consoleKey: Uint8Array; readonly clock: Clock }) {
    this.#key = consoleKey;
    this.#clock = clock;
  }

  leave(ctx: RouterContext, { kind, code }: Status): void {
    const said = `${kind}.${code}.${epochSeconds(this.#clock) + seconds}`;
    this.#set(ctx, `${said}.${this.#digest(said).toString('base64url')}`, seconds * 1000);
  }

  /** Takes it, if there is one; a second page shows nothing. */
  take(ctx: RouterContext): Status | undefined {
    const cookie = ctx.cookies.get(cookieName, { signed: false });
    if (cookie === undefined) return undefined;
    this.#set(ctx, '', 0);
    const [, said = '', kind, code = '', until, digest = ''] =
      /^((done|problem)\.([a-z_]+)\.(\d+))\.([\w-]+)$/.exec(cookie) ?? [];
    const ours = sameBytes(this.#digest(said), Buffer.from(digest, 'base64url'));
    if (!ours || Number(until) < epochSeconds(this.#clock)) return undefined;
    return { kind: kind as Status['kind'], code };
  }

  #digest(said: string): Buffer {
    return keyedDigest(this.#key, JSON.stringify(['status', said]));
  }

  #set(ctx: RouterContext, value: string, maxAge: number): void {
    ctx.cookies.set(cookieName, value, {
      path: '/account',
      httpOnly: true,
      sameSite: 'lax',
      secure: ctx.secure,
      signed: false,
      overwrite: true,
      maxAge,
    });
  }
}
