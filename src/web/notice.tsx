import type { ComponentChildren } from 'preact';
import { CautionIcon, CheckIcon } from './icons.js';

interface Props {
  /** `done`: what was just changed. `caution`: think before you go on. `problem`: it did not work. */
  readonly kind: 'done' | 'caution' | 'problem';
  readonly children: ComponentChildren;
}

/** A message in a box of its own. What came of her last answer is read out at once. */
export function Notice({ kind, children }: Props) {
  const role = { done: 'status', caution: 'note', problem: 'alert' } as const;
  return (
    <div class={`notice notice-${kind}`} role={role[kind]}>
      {kind === 'done' ? <CheckIcon /> : <CautionIcon />}
      <div>{children}</div>
    </div>
  );
}
