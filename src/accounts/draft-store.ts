export interface StoredDraft {
  /** SHA-256 of the kind and the interaction's uid. */
  readonly boundTo: Buffer;
  /** SHA-256 of the secret that the browser holds which made the last step. */
  readonly holder: Buffer;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly expiresAt: Date;
}

export interface DraftStore {
  /** Replaces what there was. */
  put(draft: StoredDraft): Promise<void>;
  find(boundTo: Uint8Array, now: Date): Promise<StoredDraft | undefined>;
  /** One atomic statement: false, and nothing is written, when `holder` is not the one who holds it (any more). */
  advance(holder: Uint8Array, draft: StoredDraft, now: Date): Promise<boolean>;
}
