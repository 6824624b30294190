import type { InputHTMLAttributes } from 'preact';
import { Field } from './field.js';

type Props = InputHTMLAttributes & {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  /** Shown under the field, which is then marked as wrong. */
  readonly problem?: string | undefined;
  /** Digits from a mail by default; a recovery code has letters too. */
  readonly letters?: boolean;
};

/** A code to type in: large, spaced, and offered by the keyboard where it comes by message. */
export function CodeField({ letters = false, ...field }: Props) {
  return (
    <Field
      class={letters ? 'code' : 'code code-digits'}
      type="text"
      inputMode={letters ? 'text' : 'numeric'}
      autocomplete={letters ? 'off' : 'one-time-code'}
      autocapitalize={letters ? 'characters' : 'none'}
      spellcheck={false}
      required
      {...field}
    />
  );
}
