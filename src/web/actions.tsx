import type { ComponentChildren } from 'preact';

interface Props {
  /** Two beside each other. */
  readonly pair?: boolean;
  /** As many beside each other as there are. */
  readonly row?: boolean;
  /** Where the answers post to, when they are the buttons of one form. */
  readonly action?: string;
  /** Of no use where scripts are off. */
  readonly script?: boolean;
  readonly children: ComponentChildren;
}

/** Answers: last on the page, always of one size. */
export function Actions({ pair = false, row = false, action, script = false, children }: Props) {
  const kinds = { 'actions-pair': pair, 'actions-row': row, 'needs-script': script };
  const name = ['actions', ...Object.entries(kinds).flatMap(([kind, on]) => (on ? [kind] : []))].join(' ');
  if (action === undefined) {
    return <div class={name}>{children}</div>;
  }
  return (
    <form class={name} method="post" action={action}>
      {children}
    </form>
  );
}
