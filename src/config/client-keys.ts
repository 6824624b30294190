/** A key of a client's JWKS, as far as its cost is told by it. */
export interface ClientKey {
  readonly kty?: unknown;
  readonly n?: unknown;
  readonly e?: unknown;
}

const mostModulusBits = 4096;
const leastModulusBits = 2048;
const mostExponentBits = 32;

/**
 * Threat 30: why a verification by one of these keys would cost more than it should, or would prove nothing; undefined
 * where all are well. Keys of elliptic curves have one cost.
 */
export function clientKeysProblem(jwks: unknown): string | undefined {
  const keys = (jwks as { readonly keys?: unknown } | undefined)?.keys;
  if (!Array.isArray(keys)) return undefined;
  return keys.map((key) => rsaProblem(key as ClientKey)).find((problem) => problem !== undefined);
}

function rsaProblem(key: ClientKey | null): string | undefined {
  if (key?.kty !== 'RSA') return undefined;
  const modulus = bytesOf(key.n);
  const exponent = bytesOf(key.e);
  const bits = bitsOf(modulus);
  if (bits < leastModulusBits || bits > mostModulusBits) {
    return `RSA keys have ${leastModulusBits} to ${mostModulusBits} bits, not ${bits}`;
  }
  // RFC 8017 §3.1: e is odd and at least 3. A long one makes each verification as dear as a signature.
  const last = exponent.at(-1) ?? 0;
  const one = exponent.length === 1 && last === 1;
  if (last % 2 === 0 || one || bitsOf(exponent) > mostExponentBits) {
    return `the exponent of an RSA key is odd, more than 1 and has ${mostExponentBits} bits at the most`;
  }
  return undefined;
}

/** Big-endian, without leading zeros. */
function bytesOf(value: unknown): Buffer {
  const bytes = Buffer.from(typeof value === 'string' ? value : '', 'base64url');
  const first = bytes.findIndex((byte) => byte !== 0);
  return first < 0 ? Buffer.alloc(0) : bytes.subarray(first);
}

function bitsOf(bytes: Buffer): number {
  const [first] = bytes;
  return first === undefined ? 0 : (bytes.length - 1) * 8 + (32 - Math.clz32(first));
}
