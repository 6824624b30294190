import type { ComponentChildren } from 'preact';
import { CautionIcon, CheckIcon } from './icons.js';

interface Props {
  /** `done`: what was just changed. `caution`: think before you go on. `problem`: it did not work. */
  readonly kind: 'done' | 'caution' | 'problem';
  readonly children: ComponentChildren;
}

/** A message in a box of its own. What came of her last answer is read out at once. */
export function Notice({ kind, children }: Props) {
  return (
    <div class={`notice notice-${kind}`} role={roleOf(kind)}>
      {kind === 'done' ? <CheckIcon /> : <CautionIcon />}
      <div>{children}</div>
    </div>
  );
}

function roleOf(kind: Props['kind']) {
  if (kind === 'caution') return 'note';
  return kind === 'done' ? 'status' : 'alert';
}
