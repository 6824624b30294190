/** A model of the example and what it costs. One dollar per million tokens is one micro-dollar per token. */
export interface EchoModel {
  readonly id: string;
  /** Micro-dollars for each token that goes in. */
  readonly inputPrice: number;
  /** Micro-dollars for each token that comes out. */
  readonly outputPrice: number;
}

export const echoModels: readonly EchoModel[] = [
  { id: 'echo', inputPrice: 1, outputPrice: 5 },
  { id: 'echo-large', inputPrice: 15, outputPrice: 75 },
  // So dear that a call costs cents, and a few of them use up an approval.
  { id: 'echo-frontier', inputPrice: 60, outputPrice: 300 },
];

const charactersPerToken = 4;

/** About what a tokenizer would count. */
export function countTokens(text: string): number {
  return Math.ceil(text.length / charactersPerToken);
}

/** As much of `text` as `limit` tokens hold. */
export function cutToTokens(text: string, limit: number): string {
  return text.slice(0, limit * charactersPerToken);
}

/** The price of the prompt and of the longest answer: no call costs more. In micro-dollars. */
export function highestCost(model: EchoModel, prompt: string, tokenLimit: number): number {
  return countTokens(prompt) * model.inputPrice + tokenLimit * model.outputPrice;
}

export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  /** Ours, beside what OpenAI's clients know. */
  readonly cost_micro_dollars: number;
}

export function priceOf(model: EchoModel, prompt: string, completion: string): Usage {
  const input = countTokens(prompt);
  const output = countTokens(completion);
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    cost_micro_dollars: input * model.inputPrice + output * model.outputPrice,
  };
}
