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
  const { signUp, passkeys } = site.words;
  return (
    <Page site={site} title={signUp.title} scripts={['passkey.js']}>
      <div>
        <h1>{signUp.title}</h1>
        <p class="lede quiet">
          <span class="clamp">
            {signUp.forBrandThenApp(
              <b class="ink">{site.brand}</b>,
              <b class="ink" title={asker.name}>
                {asker.name}
              </b>,
            )}
          </span>
        </p>
      </div>
      <NoScript site={site} />
      <form
        class="apart stack"
        method="post"
        action={`${base}/sign-up`}
        data-passkey="sign-up"
        data-base={base}
        data-csrf={csrf}
        data-words={JSON.stringify(passkeys.script)}
      >
        <Field name="display_name" label={signUp.name} autocomplete="name" maxLength={60} required />
        <Field
          name="login"
          label={signUp.email}
          type="email"
          inputMode="email"
          autocomplete="email"
          autocapitalize="none"
          spellcheck={false}
          maxLength={254}
          hint={signUp.emailHint}
        />
        <div class="apart needs-script">
          <Button kind="go" type="submit" data-passkey-start>
            <KeyIcon />
            <span data-passkey-words>{signUp.createPasskey}</span>
          </Button>
          <p class="status" role="status" data-passkey-status />
        </div>
        <input type="hidden" name="csrf" value={csrf} />
      </form>
      <p class="section quiet small">{signUp.aboutPasskeys}</p>
      <p class="section">
        <a href={base}>{signUp.haveOne}</a>
      </p>
    </Page>
  );
}
