import type { ComponentChildren } from 'preact';

interface Props {
  /** Two beside each other. */
  readonly pair?: boolean;
  /** Where the answers post to, when they are the buttons of one form. */
  readonly action?: string;
  /** Of no use where scripts are off. */
  readonly script?: boolean;
  readonly children: ComponentChildren;
}

/** Answers: last on the page, always of one size. */
export function Actions({ pair = false, action, script = false, children }: Props) {
  const name = ['actions', ...(pair ? ['actions-pair'] : []), ...(script ? ['needs-script'] : [])].join(' ');
  if (action === undefined) {
    return <div class={name}>{children}</div>;
  }
  return (
    <form class={name} method="post" action={action}>
      {children}
    </form>
  );
}
