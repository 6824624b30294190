import type { AsksEmail } from '../accounts/sign-up-steps-service.js';
import { Button } from '../web/button.js';
import { Field } from '../web/field.js';
import { Page } from '../web/page.js';
import type { PageFrame } from './interaction-desk-routes.js';

export interface SignUpPageProps extends PageFrame {
  readonly asksEmail: AsksEmail;
  readonly displayName: string;
  readonly email: string;
  readonly problem?: string | undefined;
}

/** Who she is: the first page of a sign-up. */
export function SignUpPage(props: SignUpPageProps) {
  const { site, asker, base, csrf, asksEmail, displayName, email, problem } = props;
  const { signUp, common } = site.words;
  const brand = <b class="ink">{site.brand}</b>;
  return (
    <Page site={site} title={signUp.title}>
      <div>
        <h1>{signUp.title}</h1>
        <p class="lede quiet">
          <span class="clamp">
            {asker.own
              ? signUp.forBrand(brand)
              : signUp.forBrandThenApp(
                  brand,
                  <b class="ink" title={asker.name}>
                    {asker.name}
                  </b>,
                )}
          </span>
        </p>
      </div>
      <form class="apart stack" method="post" action={`${base}/sign-up`}>
        <Field
          name="display_name"
          label={signUp.name}
          autocomplete="name"
          maxLength={60}
          value={displayName}
          problem={problem}
          required
        />
        {asksEmail !== 'none' && (
          <Field
            name="email"
            label={asksEmail === 'required' ? signUp.email : signUp.emailOptional}
            type="email"
            inputMode="email"
            autocomplete="email"
            autocapitalize="none"
            spellcheck={false}
            maxLength={254}
            value={email}
            hint={signUp.emailHint}
            required={asksEmail === 'required'}
          />
        )}
        <div class="apart">
          <Button kind="go" type="submit">
            {common.continue}
          </Button>
        </div>
        <input type="hidden" name="csrf" value={csrf} />
      </form>
      <p class="section">
        <a href={base}>{signUp.haveOne}</a>
      </p>
    </Page>
  );
}
