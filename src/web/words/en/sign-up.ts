import type { Rich } from '../rich.js';

export const signUp = {
  title: 'Create an account',
  forBrand: (brand: Rich): Rich => ['for ', brand],
  forBrandThenApp: (brand: Rich, app: Rich): Rich => ['for ', brand, ', then on to ', app],
  name: 'What should we call you?',
  email: 'E-mail',
  emailOptional: 'E-mail (optional)',
  emailHint:
    'We send a code to it. It helps you back in if you lose your passkeys, and apps that you allow can see it.',
  check: 'Please check the name and the e-mail address.',
  haveOne: 'I have a passkey already',
  passkey: {
    title: 'Create your passkey',
    greeting: (name: Rich): Rich => ['for ', name],
    create: 'Create a passkey',
    about:
      'A passkey stays on your device and opens with your face, finger or PIN. There is no password that anybody could take.',
    startAgain: 'Change name or address',
  },
  codes: {
    title: 'Keep these codes.',
    consequence: 'You see them only now.',
    lede: 'If you lose your passkeys, one of these codes and a code by mail let you back in. Each works once.',
    copy: 'Copy',
    copied: 'Copied',
    copyForbidden: 'Copying is not allowed here',
    download: 'Download',
    print: 'Print',
    fileName: 'Recovery codes',
    fileHeading: (brand: string, host: string) => `Recovery codes for ${brand} (${host})`,
    kept: 'I have kept them',
    later: 'Later, in your account',
    laterHint: 'Until you make new ones there, losing every passkey means losing the account.',
    gone: 'You have seen them already.',
    goneHint: 'You can make new ones in your account. They take the place of these.',
  },
};
