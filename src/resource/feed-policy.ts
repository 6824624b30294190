/** Milliseconds from one reading of the log to the next where nothing rings. Told to whoever follows. */
export const beat = 500;
/** Milliseconds after which a reading is given up, and with it the connection. */
export const readPatience = 1000;
/** Milliseconds after which a new connection is given up. */
export const connectPatience = 5000;
/**
 * Milliseconds without a complete reading after which nothing is trusted. Usually `readPatience` ends it earlier; a
 * process that stood still finds itself untrusted by this before it has done anything.
 */
export const longestSilence = 1900;
/** Most revocations of one reading. */
export const pageSize = 1000;
/** Revocations that are told to a follower who comes back; for more than that, forgetting everything is cheaper. */
export const longestReplay = 10_000;

/** Milliseconds until the next try after so many failures in a row: soon at first, for a killed connection is usual. */
export function backOff(failures: number): number {
  return Math.min(2000, 50 * 2 ** Math.min(failures, 10));
}
/** Bytes that may wait for a follower who reads too slowly. */
export const mostUnread = 1024 * 1024;
/** Milliseconds after which a follower has to authenticate again. */
export const longestStream = 3_600_000;
