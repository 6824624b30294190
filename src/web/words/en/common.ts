import type { Rich } from '../rich.js';

export const common = {
  /** What this language calls itself. */
  language: 'English',
  youAreAt: (host: Rich): Rich => ['You are at ', host],
  /** A title as a sentence, before another one. */
  sentence: (title: string) => `${title}.`,
  /** At the beginning of a sentence. */
  paidModels: 'Paid models',
  modelsOf: (tiers: string) => `${tiers} models`,
  continue: 'Continue',
  back: 'Back',
  or: 'or',
  noScript: (host: string) =>
    `Passkeys need JavaScript. Please allow it for ${host} and load this page again.`,
  copyRequestId: 'Copy the request id',
  today: (time: string) => `${time} today`,
  copied: 'Copied',
  copyForbidden: 'Copying is not allowed here',
};
