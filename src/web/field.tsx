import type { InputHTMLAttributes } from 'preact';

type Props = InputHTMLAttributes & {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  /** Why what she typed did not do; the input is then marked as wrong. */
  readonly problem?: string | undefined;
};

/** A labelled input; hint and problem are read out with it. */
export function Field({ label, hint, problem, ...attributes }: Props) {
  const { name } = attributes;
  const described = [
    ...(problem === undefined ? [] : [`${name}-problem`]),
    ...(hint === undefined ? [] : [`${name}-hint`]),
  ];
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <input
        {...attributes}
        id={name}
        {...(described.length > 0 && { 'aria-describedby': described.join(' ') })}
        {...(problem !== undefined && { 'aria-invalid': 'true' })}
      />
      {problem !== undefined && (
        <p class="problem" id={`${name}-problem`}>
          {problem}
        </p>
      )}
      {hint !== undefined && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
