import type { Rich } from '../rich.js';

/** Logging in with an account elsewhere. */
export const upstream = {
  continueWith: (provider: string) => `Continue with ${provider}`,
  anotherWay: 'Try another way',
  leavingTitle: (provider: string) => `On to ${provider}`,
  leaving: (host: Rich): Rich => ['You sign in at ', host, ' and come back here.'],
  goOn: (provider: string) => `Go on to ${provider}`,
  provider: 'From',
  name: 'Name',
  email: 'E-mail',
  createTitle: (provider: string) => `Create an account with ${provider}?`,
  createLede: (brand: string) => `You have no account at ${brand} yet. It would have this name and address.`,
  create: 'Create my account',
  connectTitle: 'You already have an account.',
  connectConsequence: 'Nothing is connected yet.',
  connectLede: (provider: string) =>
    `An account has this address. Is it yours? Then your passkey connects ${provider} to it. From then on ${provider} can sign you in, too.`,
  connect: (provider: string) => `Connect ${provider} with my passkey`,
  noPasskey: 'No passkey yet? Sign in another way, and add one to your account first.',
  weaker: (provider: string) =>
    `A sign-in with ${provider} counts less than one with a passkey. Apps that ask for more need your passkey.`,
};
