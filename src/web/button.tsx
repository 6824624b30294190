import type { ButtonHTMLAttributes, ComponentChildren } from 'preact';

type Kind = 'go' | 'plain' | 'bare';

interface Props extends ButtonHTMLAttributes {
  readonly kind?: Kind;
  readonly children: ComponentChildren;
}

/** Teal means go, outline means no or elsewhere; every answer is 52 px high. */
export function Button({ kind = 'plain', children, ...attributes }: Props) {
  return (
    <button {...attributes} class={classOf(kind)}>
      {children}
    </button>
  );
}

/** A link that looks like an answer. */
export function ButtonLink({ href, children }: { href: string; children: ComponentChildren }) {
  return (
    <a class={classOf('plain')} href={href}>
      {children}
    </a>
  );
}

function classOf(kind: Kind): string {
  return kind === 'plain' ? 'button' : `button button-${kind}`;
}
