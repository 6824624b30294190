import assert from 'node:assert/strict';
import { AccountVisitor } from './account-visitor.js';
import { DbscDevice, type DbscDeviceOptions } from './dbsc-device.js';
import type { Holdfast } from './harness.js';
import { HttpsVisitor } from './https-visitor.js';

/** Somebody whose device holds her session, and who copied every cookie of it a minute later, into another client. */
export interface Robbed {
  readonly victim: AccountVisitor;
  readonly device: DbscDevice;
  readonly thief: AccountVisitor;
}

export async function robbed(
  holdfast: Holdfast,
  { settled = false, thiefHeaders = {}, ...options }: RobbedOptions = {},
): Promise<Robbed> {
  const device = new DbscDevice(holdfast, options);
  const victim = await AccountVisitor[settled ? 'settled' : 'signedIn'](holdfast, device);
  holdfast.clock.advance(60);
  const thief = thiefOf(holdfast, victim, thiefHeaders);
  assert.equal(await victim.isSignedIn(), true);
  return { victim, device, thief };
}

export interface RobbedOptions extends DbscDeviceOptions {
  /** With a passkey that may confirm. */
  readonly settled?: boolean;
  readonly thiefHeaders?: Readonly<Record<string, string>>;
}

/** Who has every cookie of her browser, as they are now. */
export function thiefOf(
  holdfast: Holdfast,
  { login, visitor: { cookies } }: AccountVisitor,
  headers: Readonly<Record<string, string>> = {},
): AccountVisitor {
  return new AccountVisitor(holdfast, { login, visitor: new HttpsVisitor(holdfast, { cookies, headers }) });
}

/** Whether an answer brought a bound cookie that is worth something. */
export function bringsBoundCookie({ headers }: { readonly headers: Headers }): boolean {
  return headers.getSetCookie().some((line) => /^__Host-holdfast_bound=[^;]/.test(line));
}
