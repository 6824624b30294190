/** What a run has measured; amounts are written out. */
export interface DemoFigures {
  readonly cost: string;
  readonly limit: string;
  readonly milliseconds: string;
}

export const demo = {
  title: 'You and a thief',
  heading: 'A thief has your token. What does it cost you?',
  lede: 'Step through it. Every answer below is a real one: of this server, and of one on https beside it.',
  you: 'You',
  thief: 'Thief',
  lost: 'Lost so far',
  steps: {
    logIn: 'You sign in with your passkey, and your app gets a token.',
    call: 'You ask a model.',
    leak: 'Copies your token, your refresh token and a whole request of yours from a log.',
    bearer: 'Sends your token as a Bearer token.',
    otherKey: 'Sends it with a proof by a key of his own.',
    replay: 'Sends your recorded request once more, proof included.',
    refresh: 'Takes your refresh token to get new tokens.',
    bind: 'You sign in over https. Your browser binds the session to a key that never leaves it.',
    cookies: 'Copies every cookie of your browser, and opens your account page at once.',
    cookiesLater: 'Opens it again ten minutes later (we put the clock forward).',
    renewWithOwnKey: 'Asks for a new cookie, with a key of his own.',
    goOn: 'You open it meanwhile: your browser signs, unasked.',
    approve:
      'You want the dearest model. It asks for you: you read the amount and approve it with your passkey.',
    again: 'You ask it once more.',
    laptop: 'Has your whole laptop now: cookies, tokens, the key. He wants the dearest model.',
    ownPasskey: 'Approves it himself, with a passkey of his own.',
    revoke: 'You notice, and revoke the login.',
    after: 'Calls again, with everything he has.',
  },
  came: {
    logIn: () => 'Signed in: the token is bound to your app’s key',
    call: ({ cost }: DemoFigures) => `Served, for ${cost}`,
    leak: () => 'Taken: everything but the key',
    bearer: () => 'Stopped: it is no Bearer token',
    otherKey: () => 'Stopped: it works with your app’s key only',
    replay: () => 'Stopped: a proof works once',
    refresh: () => 'Stopped: it needs your app’s key, too',
    bind: () => 'Signed in: the session is bound to your browser’s key',
    cookies: () => 'Let in, for what is left of ten minutes',
    cookiesLater: () => 'Stopped: the copy has ended',
    renewWithOwnKey: () => 'Stopped: it needs your browser’s key',
    goOn: () => 'Served: you noticed nothing',
    approve: ({ limit, cost }: DemoFigures) => `Two calls approved, up to ${limit}; served, for ${cost}`,
    again: ({ cost }: DemoFigures) => `Served unasked, for ${cost}`,
    laptop: () => 'Asked: needs your passkey',
    ownPasskey: () => 'Stopped: it is not yours',
    revoke: ({ milliseconds }: DemoFigures) => `Revoked, in ${milliseconds} ms`,
    after: ({ milliseconds }: DemoFigures) => `Stopped: dead within ${milliseconds} ms`,
  },
  fact: (answer: string | undefined, milliseconds: string) =>
    `${answer === undefined ? '' : `${answer} · `}${milliseconds} ms`,
  next: 'Next step',
  all: 'Run it all',
  back: 'Step back',
  again: 'Run it again',
  progress: (step: number, all: number) => `Step ${step} of ${all}`,
  ending: (tries: number, got: string) => `The thief tried ${tries} times and got ${got}.`,
  honest:
    'With your laptop in his hands, the cheap models were his until you noticed. What costs wanted you: that is what the approval is for.',
  broken: 'The story broke off here: an answer was not what it must be. The reason is in the server’s log.',
};
