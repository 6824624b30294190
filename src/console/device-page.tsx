import type { SignedInBrowser } from '../provider/session-store.js';
import { Ago } from '../web/ago.js';
import { Button, ButtonLink } from '../web/button.js';
import { type Fact, Facts } from '../web/facts.js';
import { Page } from '../web/page.js';
import type { Site } from '../web/site.js';
import { browserName, placeName } from '../web/where.js';
import { ChangePage, type ConsoleContext, CsrfField } from './console-page.js';

interface Props {
  readonly context: ConsoleContext;
  readonly session: SignedInBrowser;
  /** Names of the apps that were let in there and still are. */
  readonly apps: readonly string[];
  /** It is what shows the page. */
  readonly here: boolean;
}

/** One device that is signed in: what is known of it, what it may do, and the way to end that. */
export function DevicePage({ context, session, apps, here }: Props) {
  const { site, csrf } = context;
  const words = site.words.account.device;
  const name = browserName(session.browser, site.words);
  return (
    <ChangePage context={context} title={name}>
      <h1>
        {name} <span class="quiet">{here ? words.here : words.signedIn}</span>
      </h1>
      <Facts facts={factsOf({ context, session, apps })} />
      <section class="apart stack">
        <h2>{words.heading}</h2>
        <p class="quiet">{here ? words.hereConsequence : words.consequence}</p>
        <form method="post" action="/account/sessions/cut-off">
          <CsrfField csrf={csrf} />
          <input type="hidden" name="session" value={session.uid} />
          <Button type="submit">{words.cutOff}</Button>
        </form>
        {!here && <p class="small quiet">{words.afterwards}</p>}
      </section>
    </ChangePage>
  );
}

function factsOf({ context: { site, now }, session, apps }: Omit<Props, 'here'>): Fact[] {
  const words = site.words.account.device;
  const { place, signedInAt, lastSeenAt, heldSince } = session;
  const ago = (at: Date) => <Ago site={site} at={at} now={now} />;
  return [
    {
      label: words.where,
      value: place === undefined ? undefined : placeName(place, site.locale, site.words),
    },
    { label: words.since, value: signedInAt && ago(signedInAt) },
    { label: words.last, value: ago(lastSeenAt) },
    {
      label: words.apps,
      value: apps.length > 0 ? apps.map((app) => <AppName key={app} name={app} />) : undefined,
    },
    { label: words.key, value: heldSince ? words.held(ago(heldSince)) : words.unheld },
  ].filter(({ value }) => value !== undefined);
}

function AppName({ name }: { name: string }) {
  return <span class="clamp">{name}</span>;
}

/** After this very device was cut off: there is no session any more. */
export function CutHerePage({ site }: { site: Site }) {
  const words = site.words.account.devices.cutHere;
  return (
    <Page site={site} title={words.title.replace(/[.。]$/, '')}>
      <h1>
        {words.title} <span class="quiet">{words.consequence}</span>
      </h1>
      <p class="lede">{words.lede}</p>
      <p class="apart">
        <ButtonLink kind="go" href="/account">
          {words.signIn}
        </ButtonLink>
      </p>
    </Page>
  );
}
