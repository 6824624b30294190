import { isSafeAddress } from './provider-metadata.js';

/** The origins that a resource's tokens may be sent to: its identifier's own, and those that the app names. */
export function originsOf(resource: string, others: readonly string[] = []): readonly string[] {
  return [resource, ...others].map((address) => {
    if (!isSafeAddress(address)) throw new TypeError(`${address} is no https address`);
    return new URL(address).origin;
  });
}
