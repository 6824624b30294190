import type { ComponentChildren } from 'preact';

interface Props {
  /** Two beside each other. */
  readonly pair?: boolean;
  /** Where the answers post to, when they are the buttons of one form. */
  readonly action?: string;
  /** Shown by a script. */
  readonly hidden?: boolean;
  readonly children: ComponentChildren;
}

/** Answers: last on the page, always of one size. */
export function Actions({ pair = false, action, hidden = false, children }: Props) {
  const name = pair ? 'actions actions-pair' : 'actions';
  if (action === undefined) {
    return (
      <div class={name} hidden={hidden}>
        {children}
      </div>
    );
  }
  return (
    <form class={name} method="post" action={action}>
      {children}
    </form>
  );
}
