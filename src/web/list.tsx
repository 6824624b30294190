import type { JSX } from 'preact';

/** Plain words, each behind the same mark. */
export function MarkedList({ icon: Icon, items }: { icon: () => JSX.Element; items: readonly string[] }) {
  return (
    <ul class="list">
      {items.map((item) => (
        <li key={item}>
          <Icon />
          {item}
        </li>
      ))}
    </ul>
  );
}

/** What to do next, in order. */
export function Steps({ items }: { items: readonly string[] }) {
  return (
    <ol class="list steps">
      {items.map((item) => (
        <li key={item}>{item}</li>
      ))}
    </ol>
  );
}
