const ends = [Buffer.from('\n\n'), Buffer.from('\r\n\r\n')] as const;
/** An event longer than this goes on unread. */
const longestEvent = 1_048_576;

/** Cuts the bytes of a `text/event-stream` (WHATWG HTML §9.2) into events, each with the empty line that ends it. */
export class EventSplitter {
  #rest: Buffer = Buffer.alloc(0);
  #skipping = false;

  /** The events that are whole by now, and what of an overlong one is not to be kept: that is `read: false`. */
  *push(chunk: Buffer): Generator<{ readonly bytes: Buffer; readonly read: boolean }> {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (let end = endOf(bytes); end > 0; end = endOf(bytes)) {
      const read = !this.#skipping;
      this.#skipping = false;
      const event = bytes.subarray(0, end);
      bytes = bytes.subarray(end);
      this.#rest = bytes;
      yield { bytes: event, read };
    }
    this.#rest = bytes;
    if (bytes.length <= longestEvent) return;
    // The last bytes may be half of an end.
    this.#skipping = true;
    this.#rest = bytes.subarray(bytes.length - 3);
    yield { bytes: bytes.subarray(0, bytes.length - 3), read: false };
  }

  /** What no empty line has ended. */
  end(): Buffer {
    return this.#rest;
  }
}

/** Where the first event ends; 0: nowhere yet. */
function endOf(bytes: Buffer): number {
  const places = ends
    .map((end) => bytes.indexOf(end) + end.length)
    .filter((at, index) => at >= (ends[index]?.length ?? 0));
  return places.length === 0 ? 0 : Math.min(...places);
}
