import type { Rich } from '../rich.js';

/** The page where a person answers what was asked on another screen. */
export const approve = {
  number: (type: Rich): Rich => [type, ' shown on the other screen'],
  numberBold: 'Type the two-digit number',
  wrongNumber: (left: number) =>
    left === 1
      ? 'That is another number. One try is left.'
      : `That is another number. ${left} tries are left.`,
  you: (person: Rich): Rich => ['You are ', person, '.'],
  signsIn: 'Your passkey also signs you in in this browser.',
  notYours:
    'This request isn’t for the account you’re signed in to. If it is for another one of yours, use the passkey of that account.',
  signIn: 'Sign in on another device',
  able: 'It will be able to',
  message: 'Message',
  waiting: 'Waiting for your passkey…',
  notification: {
    title: (app: string) => `${app} asks for your approval`,
    body: 'Open this to see what it asks for.',
  },
  approved: {
    title: 'Approved.',
    consequence: 'You can close this page.',
    lede: (app: Rich): Rich => [app, ' goes on by itself on the other screen.'],
    ledeSignedIn: (app: Rich): Rich => [
      app,
      ' goes on by itself on the other screen. You’re signed in here, too.',
    ],
    account: 'Go to your account',
  },
  denied: {
    title: 'Denied.',
    consequence: 'Nothing was spent.',
    lede: (app: Rich): Rich => ['We told ', app, ' that you said no.'],
  },
  notMeDone: {
    title: 'We stopped it.',
    consequence: 'Nothing was spent.',
    lede: (app: Rich): Rich => [
      app,
      ' can’t ask you again for a while, and it lost all that you allowed it before.',
    ],
    account: 'Look through your account',
  },
  notMeStranger: {
    lede: (app: Rich): Rich => [
      'To take from ',
      app,
      ' what it may do for you already, sign in and disconnect it.',
    ],
    signIn: 'Sign in',
  },
  wrongNumbers: {
    title: 'That was the third wrong number.',
    consequence: 'Nothing was spent.',
    lede: 'This request is over. If you did ask for it, ask again there and type the number that it shows then.',
  },
  tooWeak: {
    title: 'That passkey is not strong enough.',
    consequence: 'Nothing was spent.',
    lede: (app: Rich): Rich => [
      app,
      ' wants a hardware key that we can recognise. Add one to your account, then ask again there.',
    ],
  },
  expired: {
    title: 'This request is over.',
    consequence: 'Nothing was spent.',
    lede: 'Nobody answered it in time. If you still want it, ask again on the other screen.',
  },
  answered: {
    title: 'This was answered before.',
    approved: 'It was approved.',
    denied: 'It was denied.',
  },
};
