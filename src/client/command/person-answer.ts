/** How asking a person can end without what was asked for. Asking again by itself would be a second prompt. */
export type NoAnswer = 'denied' | 'expired' | 'not_allowed';

const sentences: Readonly<Record<NoAnswer, string>> = {
  denied: 'You said no. Nothing was called, nothing was spent.',
  expired: 'Nobody answered in time. Nothing was called, nothing was spent.',
  not_allowed: 'The provider does not ask you now.',
};

export class NotApproved extends Error {
  override readonly name = 'NotApproved';
  readonly answer: NoAnswer;

  constructor(answer: NoAnswer, detail?: string) {
    super(detail === undefined ? sentences[answer] : `${sentences[answer]} ${detail}`);
    this.answer = answer;
  }
}
