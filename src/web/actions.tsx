import type { ComponentChildren } from 'preact';

/** Answers: last on the page, always of one size. `pair`: two beside each other. */
export function Actions({ pair = false, children }: { pair?: boolean; children: ComponentChildren }) {
  return <div class={pair ? 'actions actions-pair' : 'actions'}>{children}</div>;
}
