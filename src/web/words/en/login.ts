import type { Rich } from '../rich.js';

export const login = {
  title: 'Sign in',
  toApp: (app: Rich): Rich => ['to ', app],
  withPasskey: 'Sign in with a passkey',
  or: 'or',
  email: 'E-mail',
  onward: 'Continue',
  newHere: 'New here?',
  createAccount: 'Create an account',
  /** For a moment, on the way from another site. */
  proving: {
    title: 'One moment',
    heading: 'One moment.',
    consequence: 'Your browser is showing that it’s yours.',
    open: 'Go on',
  },
  /** To a person who is signed in. */
  again: {
    title: 'Confirm it’s you',
    signedInAs: (name: Rich): Rich => ['You are signed in as ', name, '.'],
    withPasskey: 'Confirm with your passkey',
    notYou: 'Somebody else?',
  },
  strength: {
    passkey: 'This app asks for a passkey. Other ways of signing in are not enough here.',
    hardwareKey:
      'This app asks for a hardware key that was checked when you added it. Other ways of signing in, and other passkeys, are not enough here.',
    none: 'Your account has no passkey that can be used for this. Add one to your account first.',
    held: (when: Rich): Rich => [
      'Your passkey was added a short while ago. For this it can be used from ',
      when,
      ' on.',
    ],
  },
  goBack: 'Go back without signing in',
  anAppOnThisDevice: 'an app on this device',
  anAppOnThisDeviceBy: (scheme: string) => `an app on this device (${scheme})`,
  saysItIsFrom: (place: string, host: string) => `${place} that says it is from ${host}`,
  theApp: 'the app',
  test: {
    title: 'Test login',
    warning: 'Anybody can sign in as anybody here. Never on a server that people use.',
    login: 'Login',
    strength: 'Strength',
    weakest: (acr: string) => `Empty: ${acr}`,
    submit: 'Sign in as a test',
  },
};
