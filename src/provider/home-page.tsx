import { CheckIcon } from '../web/icons.js';
import { MarkedList } from '../web/list.js';
import { Page } from '../web/page.js';
import type { Site } from '../web/site.js';

/** The signed-out front page: what this is, and that one signs in from an app. */
export function HomePage({ site }: { site: Site }) {
  return (
    <Page site={site} title="Sign-in">
      <h1>
        This is where you sign in. <span class="quiet">You begin in an app.</span>
      </h1>
      <p class="lede">
        Open the app that you want to use. It sends you here, you sign in with your passkey, and you go back
        to it.
      </p>
      <section class="section stack">
        <h2>What you can rely on</h2>
        <MarkedList
          icon={CheckIcon}
          items={[
            'There is no password that anybody could take',
            'What an app gets from us works on its own device only',
            'We never ask for your passkey by mail or phone',
          ]}
        />
      </section>
      <p class="section small quiet">
        Building an app? Everything it needs to know is in{' '}
        <a href="/.well-known/openid-configuration">the discovery document</a>.
      </p>
    </Page>
  );
}
