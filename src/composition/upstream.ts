import { relyingPartyOf } from '../accounts/relying-party.js';
import { UpstreamClient } from '../accounts/upstream-client.js';
import { UpstreamLinkService } from '../accounts/upstream-link-service.js';
import { UpstreamLoginBox } from '../accounts/upstream-login-box.js';
import { UpstreamLoginService } from '../accounts/upstream-login-service.js';
import { UpstreamMeetingService } from '../accounts/upstream-meeting-service.js';
import { UpstreamSignInService } from '../accounts/upstream-sign-in-service.js';
import { deriveKey } from '../lib/hashing.js';
import type { UpstreamServices } from '../provider/upstream-routes.js';
import type { Storage } from '../storage/storage.js';
import type { AccountParts } from './account-parts.js';
import type { Observed } from './observed.js';
import type { AppOptions } from './options.js';

interface Parts extends Pick<AccountParts, 'news' | 'confirmation'> {
  readonly fetch: typeof globalThis.fetch;
}

/** Logging in with an identity elsewhere. Made once: it remembers what the providers say of themselves. */
export function openUpstream(
  storage: Storage,
  { config, masterKey, clock, random }: AppOptions,
  { events }: Pick<Observed, 'events'>,
  { fetch, news, confirmation: confirmations }: Parts,
): UpstreamServices {
  const { accounts, transaction, upstreamIdentities: identities } = storage;
  const { issuer, upstream_providers: providers } = config;
  const key = deriveKey(masterKey, 'upstream login');
  const box = new UpstreamLoginBox({ logins: storage.upstreamLogins, key, clock });
  const meetings = new UpstreamMeetingService({ providers, box, identities, accounts });
  const common = { meetings, identities, transaction, news, events, clock, random };
  const client = new UpstreamClient({ fetch, clock });
  return {
    logins: new UpstreamLoginService({ providers, issuer, client, box, events, clock, random }),
    meetings,
    signIn: new UpstreamSignInService({ ...common, accounts }),
    links: new UpstreamLinkService({
      ...common,
      confirmations,
      issuers: providers.map((provider) => provider.issuer),
      relyingParty: relyingPartyOf(config),
    }),
  };
}
