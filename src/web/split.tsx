import type { ComponentChildren } from 'preact';

interface Props {
  /** Unique on the page; links and redirects lead here. */
  readonly id: string;
  readonly heading: string;
  readonly note?: string | undefined;
  readonly children: ComponentChildren;
}

/** A section of a wide page: what it is about at the left, what is in it at the right. */
export function Split({ id, heading, note, children }: Props) {
  return (
    <section class="split" id={id} aria-labelledby={`${id}-heading`}>
      <div>
        <h2 id={`${id}-heading`}>{heading}</h2>
        {note !== undefined && <p class="small quiet">{note}</p>}
      </div>
      <div>{children}</div>
    </section>
  );
}
