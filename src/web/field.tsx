import type { InputHTMLAttributes } from 'preact';

type Props = InputHTMLAttributes & {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
};

/** A labelled input; the hint is read out with it. */
export function Field({ label, hint, ...attributes }: Props) {
  const { name } = attributes;
  const described = hint === undefined ? {} : { 'aria-describedby': `${name}-hint` };
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <input {...attributes} id={name} {...described} />
      {hint !== undefined && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
