import type { Rich } from '../rich.js';

export const signUp = {
  title: 'Create an account',
  forBrandThenApp: (brand: Rich, app: Rich): Rich => ['for ', brand, ', then on to ', app],
  name: 'What should we call you?',
  email: 'E-mail (optional)',
  emailHint: 'Apps that you allow can see it. If another account has it, yours is made without.',
  createPasskey: 'Create a passkey',
  aboutPasskeys:
    'A passkey stays on your device and opens with your face, finger or PIN. There is no password that anybody could take.',
  haveOne: 'I have a passkey already',
};
