import type { Rich } from '../rich.js';

/** The page that asks for the code from a mail; `said` answers what was done on it. */
export const mailCode = {
  title: 'Check your mail',
  sent: (address: Rich, minutes: number): Rich => [
    'We sent a code to ',
    address,
    `. It is good for ${minutes} minutes.`,
  ],
  sentIfKnown: (address: Rich, minutes: number): Rich => [
    'If there is an account with ',
    address,
    `, we sent it a code. It is good for ${minutes} minutes.`,
  ],
  label: 'Code from the mail',
  hint: 'Six digits. If nothing comes, look in the spam folder.',
  again: 'Send a new code',
  change: 'Use another address',
  said: {
    wrong: 'That code is not right. Check it and try again.',
    gone: 'That code can no longer be used. Send a new one.',
    sent: 'A new code is on its way. The old one no longer works.',
    wait: 'Those were too many tries. Wait a few minutes, then try again.',
    limit: 'There are no more codes for this sign-in. Go back to the app and begin again.',
  },
};
