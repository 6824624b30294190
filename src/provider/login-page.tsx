import { acrLadder, weakestAcr } from '../accounts/authentication.js';
import { Button, ButtonLink } from '../web/button.js';
import { Choice, Field } from '../web/field.js';
import { KeyIcon } from '../web/icons.js';
import { Page } from '../web/page.js';
import type { Site } from '../web/site.js';
import type { Asker } from './asker.js';

export interface LoginPageProps {
  readonly site: Site;
  readonly asker: Asker;
  /** Path of the interaction. */
  readonly base: string;
  readonly token: string;
  readonly testLogin: boolean;
}

export function LoginPage({ site, asker, base, token, testLogin }: LoginPageProps) {
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
      <div class="apart stack" data-passkey="sign-in" data-base={base} data-token={token}>
        <Button kind="go" type="button" data-passkey-start>
          <KeyIcon />
          <span data-passkey-words>Sign in with a passkey</span>
        </Button>
        <p class="status" role="status" data-passkey-status />
        <noscript>
          <p>Passkeys need JavaScript. Please allow it for {site.host} and load this page again.</p>
        </noscript>
      </div>
      <div class="stack">
        <p class="or">New here?</p>
        <ButtonLink href={`${base}/sign-up`}>Create an account</ButtonLink>
      </div>
      {testLogin && <TestLogin base={base} token={token} />}
      <form class="section" method="post" action={`${base}/deny`}>
        <input type="hidden" name="token" value={token} />
        <Button kind="bare" type="submit">
          Go back without signing in
        </Button>
      </form>
    </Page>
  );
}

/** dangerously_allow_test_login: anybody becomes anybody. */
function TestLogin({ base, token }: { base: string; token: string }) {
  return (
    <section class="apart danger">
      <h2>Test login</h2>
      <p class="small quiet">Anybody can sign in as anybody here. Never on a server that people use.</p>
      <form class="section stack" method="post" action={base}>
        <input type="hidden" name="token" value={token} />
        <Field
          name="login"
          label="Login"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          required
        />
        <Choice
          name="acr"
          label="Strength"
          options={[['', `Weakest (${weakestAcr})`], ...acrLadder.map((acr) => [acr, acr] as const)]}
        />
        <Button type="submit">Sign in as a test</Button>
      </form>
    </section>
  );
}
