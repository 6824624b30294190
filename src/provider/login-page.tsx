import { acrLadder, weakestAcr } from '../accounts/authentication.js';
import type { StepUpReadiness } from '../accounts/step-up-readiness.js';
import { Address } from '../web/address.js';
import { Button, ButtonLink } from '../web/button.js';
import { Field } from '../web/field.js';
import { KeyIcon } from '../web/icons.js';
import { NoScript } from '../web/no-script.js';
import { Page } from '../web/page.js';
import type { Site } from '../web/site.js';
import type { AcrDemand } from './acr-demand.js';
import type { Asker } from './asker.js';
import { LoginStrength } from './login-strength-page.js';
import { type UpstreamChoice, UpstreamChoices } from './upstream-choices-page.js';

export interface LoginPageProps {
  readonly site: Site;
  readonly asker: Asker;
  /** Path of the interaction. */
  readonly base: string;
  readonly csrf: string;
  readonly testLogin: boolean;
  /** False where no mail can be sent, with which a recovery begins, or where a recovery is too weak for what is asked. */
  readonly recovery: boolean;
  /** Providers whose logins are strong enough for what is asked. */
  readonly upstream: readonly UpstreamChoice[];
  readonly demand: AcrDemand;
  /** Who is signed in and is asked to confirm that it is she; undefined: anybody may sign in. */
  readonly known: KnownPerson | undefined;
}

export interface KnownPerson {
  readonly name: string | undefined;
  readonly readiness: StepUpReadiness;
}

export function LoginPage(props: LoginPageProps) {
  const { site, asker, base, csrf, testLogin, upstream, demand, known } = props;
  const { login, passkeys, recovery } = site.words;
  const title = known ? login.again.title : login.title;
  return (
    <Page site={site} title={title} scripts={['passkey.js']}>
      <div>
        <h1>{title}</h1>
        <p class="lede quiet">
          <span class="clamp">
            {login.toApp(
              <b class="ink" title={asker.name}>
                {asker.name}
              </b>,
            )}
          </span>
          {asker.place}
        </p>
        {known?.name !== undefined && (
          <p class="section">
            {login.again.signedInAs(
              <b>
                <Address of={known.name} />
              </b>,
            )}
          </p>
        )}
        <LoginStrength site={site} demand={demand} readiness={known?.readiness} />
      </div>
      <div
        class="apart needs-script"
        data-passkey="sign-in"
        data-base={base}
        data-csrf={csrf}
        data-words={JSON.stringify(passkeys.script)}
      >
        <Button kind="go" type="button" data-passkey-start>
          <KeyIcon />
          <span data-passkey-words>{known ? login.again.withPasskey : login.withPasskey}</span>
        </Button>
        <p class="status" role="status" data-passkey-status />
        {!known && <EmailForm site={site} base={base} csrf={csrf} />}
      </div>
      <NoScript site={site} />
      <UpstreamChoices site={site} base={base} csrf={csrf} choices={upstream} />
      <div class="section stack">
        <p class="or">{known ? login.again.notYou : login.newHere}</p>
        <ButtonLink href={`${base}/sign-up`}>{login.createAccount}</ButtonLink>
      </div>
      {props.recovery && (
        <p class="section">
          <a href={`${base}/recovery`}>{recovery.link}</a>
        </p>
      )}
      {testLogin && <TestLogin site={site} base={base} csrf={csrf} />}
      <form class="section" method="post" action={`${base}/deny`}>
        <input type="hidden" name="csrf" value={csrf} />
        <Button kind="bare" type="submit">
          {login.goBack}
        </Button>
      </form>
    </Page>
  );
}

/** Its field offers her passkeys by themselves. */
function EmailForm({ site, base, csrf }: Pick<LoginPageProps, 'site' | 'base' | 'csrf'>) {
  const { login } = site.words;
  return (
    <div class="section stack">
      <p class="or">{login.or}</p>
      <form class="stack" method="post" action={base}>
        <Field
          name="email"
          label={login.email}
          type="email"
          inputMode="email"
          autocomplete="username webauthn"
          autocapitalize="none"
          spellcheck={false}
          required
        />
        <input type="hidden" name="csrf" value={csrf} />
        <Button type="submit">{login.onward}</Button>
      </form>
    </div>
  );
}

/** dangerously_allow_test_login: anybody becomes anybody. */
function TestLogin({ site, base, csrf }: Pick<LoginPageProps, 'site' | 'base' | 'csrf'>) {
  const words = site.words.login.test;
  return (
    <section class="apart danger">
      <h2>{words.title}</h2>
      <p class="small quiet">{words.warning}</p>
      <form class="section stack" method="post" action={base}>
        <Field
          name="login"
          label={words.login}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          required
        />
        <Field
          name="acr"
          label={words.strength}
          list="acr-ladder"
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          hint={words.weakest(weakestAcr)}
        />
        <datalist id="acr-ladder">
          {acrLadder.map((acr) => (
            <option key={acr} value={acr} />
          ))}
        </datalist>
        <Button type="submit">{words.submit}</Button>
        <input type="hidden" name="csrf" value={csrf} />
      </form>
    </section>
  );
}
