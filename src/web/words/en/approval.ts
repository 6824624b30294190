import type { Rich } from '../rich.js';

export const approval = {
  title: 'Do you approve this?',
  heading: (amount: Rich, tier: string): Rich => [amount, ` on ${tier}`],
  upTo: (dollars: string) => `Up to ${dollars}`,
  noLimit: 'Any amount',
  askedBy: (app: Rich): Rich => ['Asked by ', app],
  from: 'From',
  program: 'A program',
  fromWhere: (browser: string, place: string, when: Rich): Rich => [`${browser}, ${place}, `, when],
  fromWhat: (browser: string, when: Rich): Rich => [`${browser}, `, when],
  ends: 'Ends',
  models: 'Models',
  everyModel: (tier: string) => `Every ${tier} model`,
  calls: 'Calls',
  upToCalls: (count: number) => (count === 1 ? 'One' : `Up to ${count}`),
  purpose: 'Purpose',
  itSays: (text: Rich): Rich => ['It says “', text, '”'],
  also: 'It can also',
  approve: 'Approve with passkey',
  deny: 'Deny',
  goBack: (place: string) => `Go back to ${place}`,
  notMe: 'I didn’t ask for this',
  obstacles: {
    yourAccount: 'your account',
    noPasskey: (account: Rich): Rich => [
      'Only a passkey can approve this, and you have none yet. Add one in ',
      account,
      '; new ones wait a while before they can approve. Nothing was spent.',
    ],
    passkeyHeld:
      'Your passkey is too new to approve this, in case it wasn’t you who added it. Your account says from when it can. Nothing was spent.',
    accountHeld: (when: Rich): Rich => [
      'You got back in with a recovery code lately. Paid models open ',
      when,
      '. Nothing was spent.',
    ],
    expired: 'This request has ended. Start again at the app. Nothing was spent.',
  },
};
