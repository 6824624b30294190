import { displayNameOf } from '../accounts/upstream-person-policy.js';
import type { UpstreamPerson } from '../accounts/upstream-person.js';
import { chosenName } from '../lib/chosen-name.js';
import { Address } from '../web/address.js';
import { Actions } from '../web/actions.js';
import { Button, ButtonLink } from '../web/button.js';
import { Facts } from '../web/facts.js';
import { KeyIcon } from '../web/icons.js';
import { NoScript } from '../web/no-script.js';
import { Page } from '../web/page.js';
import type { Site } from '../web/site.js';

interface Props {
  readonly site: Site;
  readonly provider: { readonly name: string };
  readonly person: UpstreamPerson;
  /** Path of the interaction. */
  readonly base: string;
  readonly csrf: string;
}

/** Nobody is known by this identity: the person decides whether there is to be an account. */
export function UpstreamCreatePage({ site, provider, person, base, csrf }: Props) {
  const { upstream } = site.words;
  const title = upstream.createTitle(provider.name);
  const facts = [
    { label: upstream.name, value: chosenName(displayNameOf(person)) },
    ...factsOf(site, provider, person),
  ];
  return (
    <Page site={site} title={title.replace(/[?？]$/, '')}>
      <h1>{title}</h1>
      <p class="lede">{upstream.createLede(site.brand)}</p>
      <Facts facts={facts} />
      <p class="section quiet small">{upstream.weaker(provider.name)}</p>
      <Actions action={`${base}/identity/create`}>
        <input type="hidden" name="csrf" value={csrf} />
        <Button kind="go" type="submit">
          {upstream.create}
        </Button>
        <ButtonLink href={base}>{upstream.anotherWay}</ButtonLink>
      </Actions>
    </Page>
  );
}

/**
 * An account has the address. Whoever reads this owns the address by the provider's word, so she may know that much;
 * of the account itself it tells nothing.
 */
export function UpstreamConnectPage({ site, provider, person, base, csrf }: Props) {
  const { passkeys, upstream } = site.words;
  return (
    <Page site={site} title={upstream.connectTitle.replace(/[.。]$/, '')} scripts={['passkey.js']}>
      <h1>
        {upstream.connectTitle} <span class="quiet">{upstream.connectConsequence}</span>
      </h1>
      <p class="lede">{upstream.connectLede(provider.name)}</p>
      <Facts facts={factsOf(site, provider, person)} />
      <p class="section quiet small">
        {upstream.weaker(provider.name)} {upstream.noPasskey}
      </p>
      <NoScript site={site} />
      <Actions>
        <div
          class="needs-script"
          data-passkey="sign-in"
          data-base={`${base}/identity`}
          data-csrf={csrf}
          data-words={JSON.stringify(passkeys.script)}
        >
          <Button kind="go" type="button" data-passkey-start>
            <KeyIcon />
            <span data-passkey-words>{upstream.connect(provider.name)}</span>
          </Button>
          <p class="status" role="status" data-passkey-status />
        </div>
        <ButtonLink href={base}>{upstream.anotherWay}</ButtonLink>
      </Actions>
    </Page>
  );
}

function factsOf(site: Site, provider: Props['provider'], { email, issuer }: UpstreamPerson) {
  const { upstream } = site.words;
  return [
    { label: upstream.email, value: email === undefined ? '' : <Address of={email} /> },
    { label: upstream.provider, value: `${provider.name} (${new URL(issuer).host})` },
  ];
}
