import { Button } from '../web/button.js';
import { Field } from '../web/field.js';
import { KeyIcon } from '../web/icons.js';
import { NoScript } from '../web/no-script.js';
import { Page } from '../web/page.js';
import type { Site } from '../web/site.js';
import type { Asker } from './asker.js';

export interface SignUpPageProps {
  readonly site: Site;
  readonly asker: Asker;
  readonly base: string;
  readonly csrf: string;
}

export function SignUpPage({ site, asker, base, csrf }: SignUpPageProps) {
  return (
    <Page site={site} title="Create an account" scripts={['passkey.js']}>
      <div>
        <h1>Create an account</h1>
        <p class="lede quiet">
          <span class="clamp">
            for <b class="ink">{site.brand}</b>, then on to{' '}
            <b class="ink" title={asker.name}>
              {asker.name}
            </b>
          </span>
        </p>
      </div>
      <NoScript host={site.host} />
      <form
        class="apart stack"
        method="post"
        action={`${base}/sign-up`}
        data-passkey="sign-up"
        data-base={base}
        data-csrf={csrf}
      >
        <Field
          name="display_name"
          label="What should we call you?"
          autocomplete="name"
          maxLength={60}
          required
        />
        <Field
          name="login"
          label="E-mail (optional)"
          type="email"
          inputMode="email"
          autocomplete="email"
          autocapitalize="none"
          spellcheck={false}
          maxLength={254}
          hint="Apps that you allow can see it. If another account has it, yours is made without."
        />
        <div class="apart needs-script">
          <Button kind="go" type="submit" data-passkey-start>
            <KeyIcon />
            <span data-passkey-words>Create a passkey</span>
          </Button>
          <p class="status" role="status" data-passkey-status />
        </div>
        <input type="hidden" name="csrf" value={csrf} />
      </form>
      <p class="section quiet small">
        A passkey stays on your device and opens with your face, finger or PIN. There is no password that
        anybody could take.
      </p>
      <p class="section">
        <a href={base}>I have a passkey already</a>
      </p>
    </Page>
  );
}
