/**
 * The signature of a JWS (RFC 7518 §3.4: R and S, 32 bytes each) in the DER that OpenSSL speaks. Node would translate it,
 * too, but asks the key for its curve each time: a third of a verification.
 */
export function derOfSignature(signature: Uint8Array): Buffer {
  const integers = [signature.subarray(0, 32), signature.subarray(32, 64)].map(derInteger);
  const length = integers.reduce((sum, each) => sum + each.length, 0);
  return Buffer.concat([Buffer.from([0x30, length]), ...integers]);
}

/** X.690 §8.3: no needless zeros in front, and one where the first bit would be a sign. */
function derInteger(bytes: Uint8Array): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const digits = bytes.subarray(start);
  const sign = (digits[0] ?? 0) >= 0x80 ? [0] : [];
  return Buffer.from([0x02, sign.length + digits.length, ...sign, ...digits]);
}
