import type { Rich } from '../rich.js';

export const home = {
  title: 'Sign-in',
  heading: 'This is where you sign in.',
  begin: 'You begin in an app.',
  lede: 'Open the app that you want to use. It sends you here, you sign in with your passkey, and you go back to it.',
  relyOn: 'What you can rely on',
  promises: [
    'There is no password that anybody could take',
    'What an app gets from us works on its own device only',
    'We never ask for your passkey by mail or phone',
  ],
  account: 'Your account: passkeys, browsers, apps',
  developers: (document: (text: string) => Rich): Rich => [
    'Building an app? Everything it needs to know is in ',
    document('the discovery document'),
    '.',
  ],
};
