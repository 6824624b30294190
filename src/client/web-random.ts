/** Random bytes of whatever runs this: WebCrypto is in Node, browsers and edge runtimes alike. */
export const webRandom = {
  bytes: (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length)),
};
