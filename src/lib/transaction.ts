/**
 * Runs `work` in one database transaction: all or nothing. Stores called inside take part in it by themselves
 * (the open transaction travels in AsyncLocalStorage). Nested calls join the outer transaction.
 * Rolls back and rethrows when `work` throws.
 */
export interface Transaction {
  run<Result>(work: () => Promise<Result>): Promise<Result>;
}
