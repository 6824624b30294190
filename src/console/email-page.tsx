import { Address } from '../web/address.js';
import { Button } from '../web/button.js';
import { CodeField } from '../web/code-field.js';
import { Field } from '../web/field.js';
import type { ConfirmAbility } from './confirm-ability.js';
import { ConfirmForm } from './confirm-form-page.js';
import { ChangePage, type ConsoleContext, CsrfField } from './console-page.js';

export function EmailPage({ context, ability }: { context: ConsoleContext; ability: ConfirmAbility }) {
  const words = context.site.words.account.email;
  const { email } = context.account;
  const title = email === undefined ? words.firstTitle : words.title;
  return (
    <ChangePage context={context} title={title} scripts={['account.js']}>
      <h1>{title}</h1>
      {email !== undefined && <p class="lede quiet">{words.consequence(<InInk email={email} />)}</p>}
      <ConfirmForm
        context={context}
        ability={ability}
        path="/account/email"
        action="change_email"
        targetField="email"
        words={words.send}
      >
        <Field
          name="email"
          type="email"
          label={words.label}
          hint={words.hint}
          autocomplete="email"
          maxLength={254}
          required
        />
      </ConfirmForm>
    </ChangePage>
  );
}

interface CodeProps {
  readonly context: ConsoleContext;
  /** The new one. */
  readonly address: string;
}

export function EmailCodePage({ context, address }: CodeProps) {
  const words = context.site.words.account.email;
  return (
    <ChangePage context={context} title={words.codeTitle}>
      <h1>{words.codeTitle}</h1>
      <p class="lede quiet">{words.codeConsequence(<InInk email={address} />)}</p>
      <form class="section stack" method="post" action="/account/email/code">
        <CsrfField csrf={context.csrf} />
        <CodeField name="code" label={words.codeLabel} />
        <Button kind="go" type="submit">
          {words.change}
        </Button>
        {context.account.email !== undefined && <p class="small quiet">{words.told}</p>}
      </form>
    </ChangePage>
  );
}

function InInk({ email }: { email: string }) {
  return (
    <b class="ink">
      <Address of={email} />
    </b>
  );
}
