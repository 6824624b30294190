/**
 * Takes the provider's key out of what goes to a client, also where it comes in two pieces. What is put in its place is as
 * long as it, so lengths hold. Only bytes that may be its beginning wait for the next piece.
 */
export class KeyScrubber {
  readonly #key: Buffer;
  #held: Buffer = Buffer.alloc(0);

  constructor(key: string) {
    this.#key = Buffer.from(key, 'latin1');
  }

  push(chunk: Uint8Array): Buffer {
    const fresh = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const bytes = this.#held.length === 0 ? fresh : Buffer.concat([this.#held, fresh]);
    const clean = this.#blanked(bytes);
    const keep = this.#beginningAtEnd(clean);
    this.#held = clean.subarray(clean.length - keep);
    return clean.subarray(0, clean.length - keep);
  }

  /** What waited, once there is no more. */
  end(): Buffer {
    return this.#held;
  }

  #blanked(bytes: Buffer): Buffer {
    let at = bytes.indexOf(this.#key);
    if (at < 0) return bytes;
    const clean = Buffer.from(bytes);
    for (; at >= 0; at = clean.indexOf(this.#key, at)) clean.fill('*', at, at + this.#key.length);
    return clean;
  }

  /** How many of the last bytes are the key's first. */
  #beginningAtEnd(bytes: Buffer): number {
    const first = this.#key[0];
    const longest = Math.min(bytes.length, this.#key.length - 1);
    for (let at = bytes.length - longest; at < bytes.length; at++) {
      if (bytes[at] !== first) continue;
      const length = bytes.length - at;
      if (bytes.compare(this.#key, 0, length, at, bytes.length) === 0) return length;
    }
    return 0;
  }
}

/** What errors of providers say of keys, cut short or not, and of whose account it is. */
const telling =
  /\b(?:sk|pk|rk|gsk|xai|AIza|org|proj)[-_][\w*.-]{4,}|\bAIza[\w*-]{8,}|\b[\w-]{2,16}\*{3,}[\w-]{0,16}/g;

/** An error of the provider's, without its key and without what such errors tell of the account. */
export function scrubbedError(text: string, key: string | undefined): string {
  const clean = key === undefined ? text : text.split(key).join('***');
  return clean.replace(telling, '***');
}
