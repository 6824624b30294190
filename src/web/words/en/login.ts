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
