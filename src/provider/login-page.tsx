import { acrLadder, weakestAcr } from '../accounts/authentication.js';
import { Button, ButtonLink } from '../web/button.js';
import { Field } from '../web/field.js';
import { KeyIcon } from '../web/icons.js';
import { NoScript } from '../web/no-script.js';
import { Page } from '../web/page.js';
import type { Site } from '../web/site.js';
import type { Asker } from './asker.js';

export interface LoginPageProps {
  readonly site: Site;
  readonly asker: Asker;
  /** Path of the interaction. */
  readonly base: string;
  readonly csrf: string;
  readonly testLogin: boolean;
}

export function LoginPage({ site, asker, base, csrf, testLogin }: LoginPageProps) {
  return (
    <Page site={site} title="Sign in" scripts={['passkey.js']}>
      <div>
        <h1>Sign in</h1>
        <p class="lede quiet">
          <span class="clamp">
            to{' '}
            <b class="ink" title={asker.name}>
              {asker.name}
            </b>
          </span>
          {asker.place}
        </p>
      </div>
      <div class="apart needs-script" data-passkey="sign-in" data-base={base} data-csrf={csrf}>
        <Button kind="go" type="button" data-passkey-start>
          <KeyIcon />
          <span data-passkey-words>Sign in with a passkey</span>
        </Button>
        <p class="status" role="status" data-passkey-status />
      </div>
      <NoScript host={site.host} />
      <div class="section stack">
        <p class="or">New here?</p>
        <ButtonLink href={`${base}/sign-up`}>Create an account</ButtonLink>
      </div>
      {testLogin && <TestLogin base={base} csrf={csrf} />}
      <form class="section" method="post" action={`${base}/deny`}>
        <input type="hidden" name="csrf" value={csrf} />
        <Button kind="bare" type="submit">
          Go back without signing in
        </Button>
      </form>
    </Page>
  );
}

/** dangerously_allow_test_login: anybody becomes anybody. */
function TestLogin({ base, csrf }: { base: string; csrf: string }) {
  return (
    <section class="apart danger">
      <h2>Test login</h2>
      <p class="small quiet">Anybody can sign in as anybody here. Never on a server that people use.</p>
      <form class="section stack" method="post" action={base}>
        <Field
          name="login"
          label="Login"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          required
        />
        <Field
          name="acr"
          label="Strength"
          list="acr-ladder"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          hint={`Empty: ${weakestAcr}`}
        />
        <datalist id="acr-ladder">
          {acrLadder.map((acr) => (
            <option key={acr} value={acr} />
          ))}
        </datalist>
        <Button type="submit">Sign in as a test</Button>
        <input type="hidden" name="csrf" value={csrf} />
      </form>
    </section>
  );
}
