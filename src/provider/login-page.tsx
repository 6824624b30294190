import { acrLadder, weakestAcr } from '../accounts/authentication.js';
import { Button, ButtonLink } from '../web/button.js';
import { Field } from '../web/field.js';
import { KeyIcon } from '../web/icons.js';
import { NoScript } from '../web/no-script.js';
import { Page } from '../web/page.js';
import type { Site } from '../web/site.js';
import type { Asker } from './asker.js';
import { type UpstreamChoice, UpstreamChoices } from './upstream-choices-page.js';

export interface LoginPageProps {
  readonly site: Site;
  readonly asker: Asker;
  /** Path of the interaction. */
  readonly base: string;
  readonly csrf: string;
  readonly testLogin: boolean;
  /** False where no mail can be sent: a recovery begins with one. */
  readonly mail: boolean;
  /** Providers whose logins are strong enough for what is asked. */
  readonly upstream: readonly UpstreamChoice[];
}

export function LoginPage({ site, asker, base, csrf, testLogin, mail, upstream }: LoginPageProps) {
  const { login, passkeys, recovery } = site.words;
  return (
    <Page site={site} title={login.title} scripts={['passkey.js']}>
      <div>
        <h1>{login.title}</h1>
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
          <span data-passkey-words>{login.withPasskey}</span>
        </Button>
        <p class="status" role="status" data-passkey-status />
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
      </div>
      <NoScript site={site} />
      <UpstreamChoices site={site} base={base} csrf={csrf} choices={upstream} />
      <div class="section stack">
        <p class="or">{login.newHere}</p>
        <ButtonLink href={`${base}/sign-up`}>{login.createAccount}</ButtonLink>
      </div>
      {mail && (
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
