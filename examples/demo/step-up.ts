import type { CallChallenge } from '../../src/client/index.js';
import { stepUp } from '../cli/sign-in.js';
import { Challenged, inWords } from '../support/challenge-answer.js';
import { ask } from '../support/model-gateway.js';
import type { Assertion } from '../support/software-authenticator.js';
import type { Stage } from './stage.js';
import { callModel, clientId, expect, holdingsIn, question, Unexpected, type Ada } from './story.js';
import { chapter, dollars, happened, stream } from './terminal.js';

/** Ada with an approval, and what her passkey signed for it. */
export interface SteppedUp extends Ada {
  readonly assertion: Assertion;
}

/** The dearest model asks for her; she approves two calls, and two calls go through. */
export async function tellStepUp(stage: Stage, ada: Ada, file: string): Promise<SteppedUp> {
  chapter('Ada', 'wants the dearest model, which wants her');
  const { issuer, resource, gateway, meter } = stage;
  const challenge = await challengeFor(stage, ada);
  happened('is asked for it, by the gateway', inWords(challenge));

  let approving: Promise<Assertion> | undefined;
  const show = (address: URL): void => {
    approving = ada.person.approve(address);
  };
  const access = await stepUp(ada.access, { issuer, resource, clientId, file, show }, challenge);
  const assertion = await approving;
  if (!assertion) throw new Unexpected('approves', 'nobody was asked');
  happened('approves two calls, with her passkey', 'what she read is what she signed');
  const holdings = await holdingsIn(stage, file, access);

  const before = meter.microDollars;
  const answer = await stream(ask(access, gateway, { model: dearest, prompt: question }));
  if (!answer.includes(question)) throw new Unexpected('a streamed answer', answer);
  happened('is answered', dollars(meter.microDollars - before));
  await expect(
    'asks again, and nobody asks her',
    await callModel(holdings.holder, access.token, gateway, dearest),
    '200',
  );
  return { ...ada, ...holdings, assertion };
}

export const dearest = 'echo-frontier';

/** What the gateway answers; of the approval, she takes no more than she needs. */
async function challengeFor({ gateway }: Stage, { access }: Ada): Promise<CallChallenge> {
  try {
    for await (const _ of ask(access, gateway, { model: dearest, prompt: question }));
  } catch (error) {
    if (!(error instanceof Challenged)) throw error;
    const { authorizationDetails = [] } = error.challenge;
    return {
      ...error.challenge,
      authorizationDetails: authorizationDetails.map((each) => ({ ...each, count: 2 })),
    };
  }
  throw new Unexpected('a challenge', 'the call was served');
}
