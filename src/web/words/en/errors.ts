import type { Rich } from '../rich.js';

const startAgain = 'Open the app the way you usually do and sign in from there.';
const tellThem = 'If you land here again, send the app’s support team the request id.';
const closeSender = 'Close the page that sent you here.';
const wait = 'Wait a minute.';

/** What an error page says to a person who did nothing wrong and knows no codes; by refusal code. */
export const errors = {
  redirect_uri_unregistered: {
    heading: 'We didn’t send you to this app.',
    consequence: 'Nothing was shared.',
    lede: 'Someone asked us to send you to an address that this app never registered.',
    steps: [closeSender, startAgain, tellThem],
  },
  client_authentication_failed: {
    heading: 'We don’t know this app.',
    consequence: 'Nothing was shared.',
    lede: 'The app that sent you here is not registered with us.',
    steps: [closeSender, tellThem],
  },
  interaction_gone: {
    heading: 'This sign-in is over.',
    consequence: 'Nothing was shared.',
    lede: 'It was finished, it took more than an hour, or it began in another browser.',
    steps: ['Close this page.', startAgain],
  },
  cross_site_form: {
    heading: 'We didn’t take that answer.',
    consequence: 'Nothing was changed.',
    lede: 'It was not sent from our own page, or from one that was open for too long.',
    steps: ['Close this page and the one that sent you here.', startAgain, tellThem],
  },
  device_unproven: {
    heading: 'This browser couldn’t prove that it’s yours.',
    consequence: 'Nothing was changed.',
    lede: 'When you signed in, it made a key that never leaves it. This time it didn’t answer with that key: it may be another browser, with a copy of your sign-in.',
    steps: ['Sign in again.', 'Then look through your devices, and cut off what isn’t yours.'],
  },
  not_found: {
    heading: 'This page does not exist.',
    consequence: 'Nothing is wrong with your account.',
    lede: 'The address may be mistyped, or the page may have moved.',
    steps: ['Check the address for typing mistakes.', startAgain],
  },
  server_error: {
    heading: 'Something broke on our side.',
    consequence: 'You did nothing wrong.',
    lede: 'The sign-in could not go on.',
    steps: [wait, startAgain, tellThem],
  },
  database_unavailable: {
    heading: 'We are busy right now.',
    consequence: 'Nothing was lost.',
    lede: 'This usually passes within a minute.',
    steps: [wait, 'Load this page again.', tellThem],
  },
  rate_limited: {
    heading: 'Those were too many tries.',
    consequence: 'Nothing was changed.',
    lede: 'Too many requests came from your network.',
    steps: [wait, 'Load this page again.'],
  },
  upstream_unavailable: {
    heading: 'We can’t reach that provider.',
    consequence: 'You are not signed in.',
    lede: 'It does not answer right now, or not in a way that we understand.',
    steps: [wait, 'Try it again, or sign in another way.'],
  },
  upstream_denied: {
    heading: 'The provider didn’t sign you in.',
    consequence: 'Nothing was shared.',
    lede: 'You went back there, or it does not let you use your account here.',
    steps: ['Try it again, or sign in another way.'],
  },
  upstream_rejected: {
    heading: 'That sign-in didn’t work.',
    consequence: 'You are not signed in.',
    lede: 'What the provider sent back is not what we asked it for.',
    steps: ['Sign in another way.', 'If it happens again, send us the request id.'],
  },
  upstream_spent: {
    heading: 'This sign-in can’t go on.',
    consequence: 'You are not signed in.',
    lede: 'It was finished already, took more than ten minutes, or began in another browser.',
    steps: ['Close this page.', startAgain],
  },
  upstream_email_unverified: {
    heading: 'We can’t use that account.',
    consequence: 'Nothing was made.',
    lede: 'The provider does not vouch for your e-mail address, and we would know you by that alone.',
    steps: ['Verify your address at the provider, or sign in another way.'],
  },
  upstream_changed: {
    heading: 'Something changed meanwhile.',
    consequence: 'Nothing was made.',
    lede: 'There is an account with this address by now.',
    steps: ['Sign in once more.'],
  },
  account_disabled: {
    heading: 'That didn’t work.',
    consequence: 'You are not signed in.',
    lede: 'This account can’t be used right now.',
    steps: ['If you think that this is a mistake, send us the request id.'],
  },
  test_login_refused: {
    heading: 'That did not work.',
    consequence: 'Nobody was signed in.',
    lede: 'The test login was incomplete, or it is not allowed on this server.',
    steps: [startAgain],
  },
  step_gone: {
    heading: 'This page is out of date.',
    consequence: 'Nothing was changed.',
    lede: 'You went on in another tab, it took too long, or it began in another browser.',
    steps: ['Close this page.', startAgain],
  },
  recovery_undo_refused: {
    heading: 'This link no longer works.',
    consequence: 'Nothing was changed now.',
    lede: 'It works once, and for a few days only. The recovery may be undone already.',
    steps: ['Sign in with your passkey.', 'Look in your account whether everything there is yours.'],
  },
  email_taken: {
    heading: 'You have an account already.',
    consequence: 'No second one was made.',
    lede: 'Another sign-up with your e-mail address was finished meanwhile.',
    steps: ['Sign in with the passkey that you created there.'],
  },
  otherwise: {
    heading: 'This request can’t be used.',
    consequence: 'Nothing was shared.',
    lede: 'The app that sent you here asked for something in a way that we don’t accept.',
    steps: ['Close this page.', startAgain, tellThem],
  },
};

/** What stands around those words. */
export const errorPage = {
  requestId: 'Request id',
  when: 'When',
  reason: 'Reason',
  askedFor: 'Asked for',
  next: 'What to do next',
  support: (way: Rich): Rich => ['Need help? ', way],
  signInAgain: 'Sign in again',
  /** Around a heading of `refusals`, where a refusal has no page of its own. */
  person: {
    consequence: 'Nothing was changed.',
    lede: 'You can go back and try again.',
    steps: ['Go back to the page before and load it again.', startAgain, tellThem],
  },
};
