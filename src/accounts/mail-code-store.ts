export interface StoredMailCode {
  /** SHA-256 of the purpose and of what the code hangs on. There is one code for it at a time. */
  readonly boundTo: Buffer;
  /** Keyed digest of the code together with all that it is good for. */
  readonly digest: Buffer;
  readonly expiresAt: Date;
}

export interface MailCodeStore {
  /** A new code voids the one before. False, and nothing is written, when `most` codes were made for this already. */
  put(code: StoredMailCode, most: number): Promise<boolean>;
  /**
   * One atomic statement: counts the try, and takes the code if it is the right one. Of any number of parallel
   * callers on any nodes one takes it, and no more than `mostTries` are looked at. `gone`: there is none, or it is
   * expired, taken or tried too often.
   */
  take(
    code: { readonly boundTo: Uint8Array; readonly digest: Uint8Array },
    at: { readonly now: Date; readonly mostTries: number },
  ): Promise<'taken' | 'wrong' | 'gone'>;
}
