export interface ReplayStore {
  /**
   * Remembers `key` (SHA-256 of who and jti) until `until`. True for the first caller, false for every other,
   * over all nodes and restarts: one atomic insert.
   */
  remember(key: Uint8Array, until: Date): Promise<boolean>;
}
