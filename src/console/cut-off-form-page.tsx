import { Button } from '../web/button.js';
import { CsrfField } from './console-page.js';

export interface CutOffFormProps {
  readonly csrf: string;
  readonly action: string;
  /** What is cut off, as a field of the form, where the address doesn't say it. */
  readonly field?: { readonly name: string; readonly value: string };
  readonly label: string;
  /** The label with the name of what it is about, for who hears the page. */
  readonly named: string;
  /** For the page's script. */
  readonly marks?: Readonly<Record<`data-${string}`, string>>;
}

/** The button behind a row that ends what stands there. It asks for no passkey: being able to stop a thief must be easy. */
export function CutOffForm({ csrf, action, field, label, named, marks }: CutOffFormProps) {
  return (
    <form method="post" action={action} {...marks}>
      <CsrfField csrf={csrf} />
      {field && <input type="hidden" name={field.name} value={field.value} />}
      <Button small type="submit" aria-label={named}>
        {label}
      </Button>
    </form>
  );
}
