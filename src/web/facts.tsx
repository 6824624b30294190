import type { ComponentChildren } from 'preact';

export interface Fact {
  readonly label: string;
  readonly value: ComponentChildren;
}

/** Labelled facts under the 2 px ink rule. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl class="facts section">
      {facts.map(({ label, value }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
