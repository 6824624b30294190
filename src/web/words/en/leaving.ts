import type { Rich } from '../rich.js';

/** Signing out, and being sent on. */
export const leaving = {
  signOutTitle: 'Sign out',
  signOut: 'Sign out?',
  comeBack: 'You can sign in again at any time.',
  appAsks: (app: Rich, brand: string): Rich => [
    app,
    ` asks to sign you out of ${brand}, and so of every app that you signed in to from this browser.`,
  ],
  stay: 'Stay signed in',
  signedOutTitle: 'Signed out',
  signedOut: 'You are signed out.',
  canClose: 'You can close this page.',
  ofApp: (app: string) => `Of ${app}.`,
  asksAgain: 'Apps that you signed in to from this browser will ask you again.',
  stillSignedIn: (brand: string) => `You are still signed in to ${brand} in this browser.`,
  moment: 'One moment',
  onYourWay: 'You are on your way.',
};
