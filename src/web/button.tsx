import type { ButtonHTMLAttributes, ComponentChildren } from 'preact';

type Kind = 'go' | 'plain' | 'bare' | 'red' | 'bare-red';

interface Props extends ButtonHTMLAttributes {
  readonly kind?: Kind;
  /** 44 px high and as wide as its words: in rows and sections of a wide page. */
  readonly small?: boolean;
  readonly children: ComponentChildren;
}

/** Teal means go, outline means no or elsewhere, red "this wasn't me"; every answer is 52 px high. */
export function Button({ kind = 'plain', small = false, children, ...attributes }: Props) {
  return (
    <button {...attributes} class={classOf(kind, small)}>
      {children}
    </button>
  );
}

interface LinkProps {
  readonly href: string;
  readonly kind?: Kind;
  readonly small?: boolean;
  /** What it is read out as, where its words alone don't say what they are about. */
  readonly label?: string;
  readonly children: ComponentChildren;
}

/** A link that looks like an answer. */
export function ButtonLink({ kind = 'plain', small = false, href, label, children }: LinkProps) {
  return (
    <a class={classOf(kind, small)} href={href} aria-label={label}>
      {children}
    </a>
  );
}

function classOf(kind: Kind, small: boolean): string {
  return ['button', ...(kind === 'plain' ? [] : [`button-${kind}`]), ...(small ? ['button-small'] : [])].join(
    ' ',
  );
}
