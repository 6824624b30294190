import type { Rich } from '../rich.js';

export const consent = {
  title: (app: string) => `Allow ${app}?`,
  able: 'It will be able to',
  neverAble: 'It will never be able to',
  you: (person: Rich): Rich => ['You are ', person],
  either: (place: Rich): Rich => ['Either way, you go back to ', place],
  onDevice: {
    heading: 'Only an app on this device can get this.',
    lede: 'Go on only if you started it yourself just now.',
  },
  spending: {
    open: 'It may call models, which can cost money',
    approved: 'It may call models only when you approve it',
  },
  allow: 'Allow',
  deny: 'Don’t allow',
  scopes: {
    identity: 'Know that it is you',
    name: 'See your name',
    email: 'See your e-mail',
    nameAndEmail: 'See your name and e-mail',
    stay: 'Stay connected until you remove it',
    readModels: 'See which models you can use',
    callModels: 'Call models for you',
    callTier: (tier: string) => `Call ${tier} models for you`,
    readModelsAt: (host: string) => `See which models you can use at ${host}`,
    callModelsAt: (host: string) => `Call models for you at ${host}`,
    callTierAt: (tier: string, host: string) => `Call ${tier} models for you at ${host}`,
    other: (scope: string, host: string) => `Use “${scope}” at ${host}`,
  },
  tiers: {
    afterSignIn: (tier: string, time: string) => `Call ${tier} models for ${time} after you sign in`,
    byPasskey: (tier: string) => `Call ${tier} models when you have signed in by passkey`,
    afterPasskey: (tier: string, time: string) =>
      `Call ${tier} models for ${time} after you use your passkey`,
    byHardwareKey: (tier: string) => `Call ${tier} models when you have signed in by hardware key`,
    afterHardwareKey: (tier: string, time: string) =>
      `Call ${tier} models for ${time} after you use your hardware key`,
    session: (tier: string, time: string) => `Call ${tier} models for ${time} whenever you approve it`,
    budget: (tier: string, amount: string) =>
      `Call ${tier} models whenever you approve it, for ${amount} at most`,
    call: (tier: string) => `Call ${tier} models, each time only when you approve it`,
  },
  limits: {
    otherDevice: 'Use its access from another device',
    spend: 'Call a model or spend anything',
    passkeys: 'See or change your passkeys',
  },
};
