import type { ComponentChildren } from 'preact';

/** Things of one kind, each with what can be done to it. */
export function Rows({ children }: { children: ComponentChildren }) {
  return <ul class="rows">{children}</ul>;
}

interface RowProps {
  readonly title: ComponentChildren;
  /** Quiet, under the title: where, when. */
  readonly note?: ComponentChildren;
  /** 20 px, before the title. */
  readonly icon?: ComponentChildren;
  /** A small button, or a form with one; its label must name the row (`aria-label`). */
  readonly action?: ComponentChildren;
  /** For the page's script. */
  readonly marks?: Readonly<Record<`data-${string}`, string>>;
}

export function Row({ title, note, icon, action, marks }: RowProps) {
  return (
    <li class={icon === undefined ? 'row' : 'row row-icon'} {...marks}>
      {icon}
      <div>
        {title}
        {note !== undefined && <p class="small quiet">{note}</p>}
      </div>
      {action}
    </li>
  );
}

/** What stands in the place of rows where there are none. */
export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty quiet">{children}</p>;
}
