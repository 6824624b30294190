import { type ComponentChildren, Fragment } from 'preact';

/** Facts in one line with dots between them, which never begin a line; what is not known is left out. */
export function dotted(facts: readonly (ComponentChildren | undefined)[]) {
  const known = facts.filter((fact) => fact !== undefined && fact !== false && fact !== '' && fact !== null);
  return known.map((fact, index) => (
    <Fragment key={index}>
      {index > 0 && '\u00a0· '}
      {fact}
    </Fragment>
  ));
}
