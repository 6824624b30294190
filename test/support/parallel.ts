/** Calls `work` `count` times at once; resolves to what each returned. */
export function atOnce<Result>(count: number, work: (index: number) => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => work(index)));
}

/** How many of `answers` are true or defined. */
export function successes(answers: readonly unknown[]): number {
  return answers.filter(Boolean).length;
}
