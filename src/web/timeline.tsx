import type { ComponentChildren } from 'preact';

export interface Occasion {
  readonly when: ComponentChildren;
  readonly what: ComponentChildren;
  readonly now?: boolean;
}

/** What happens when: the dot of the present is filled. */
export function Timeline({ occasions }: { occasions: readonly Occasion[] }) {
  return (
    <ol class="timeline">
      {occasions.map(({ when, what, now = false }, index) => (
        <li key={index} class={now ? 'now' : undefined}>
          <b>{when}</b>
          <p>{what}</p>
        </li>
      ))}
    </ol>
  );
}
