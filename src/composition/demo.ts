import type { AccountId } from '../accounts/account.js';
import { DemoVisits } from '../demo/demo-visits.js';
import { demoClientId, offersDemo } from '../demo/demo-policy.js';
import { demoRoutes } from '../demo/demo-routes.js';
import type { Run } from '../demo/scene.js';
import { deriveKey } from '../lib/hashing.js';
import type { Storage } from '../storage/storage.js';
import type { AccountParts } from './account-parts.js';
import type { Observed } from './observed.js';
import type { AppOptions } from './options.js';

/** Where a run plays, and who has an account in it. */
export interface DemoServers {
  readonly issuer: string;
  readonly gateway: URL;
  readonly resource: string;
  readonly clientId: string;
  /** Makes an account whose passkey `register` makes; undoes it when called again. */
  readonly enrol: (authenticator: DemoAuthenticator) => Promise<() => Promise<void>>;
}

export interface DemoAuthenticator {
  register(options: {
    readonly challenge: string;
    readonly rp: { readonly id?: string };
    readonly user: { readonly id: string };
  }): object;
}

/** Tells the story on servers that run; told by examples/demo. */
export type TellStory = (servers: DemoServers) => Promise<Run>;

export type Demo = ReturnType<typeof openDemo>;

/** The demo at /demo; undefined where it isn't served. */
export function openDemo(
  storage: Storage,
  { config, masterKey, clock, random, logger }: AppOptions,
  { events, site }: Observed,
  { people, tell }: { readonly people: AccountParts; readonly tell: TellStory },
) {
  const resource = config.resources.find(
    ({ identifier }) => Number(new URL(identifier).port) === config.gateway_port,
  )?.identifier;
  if (resource === undefined || !offersDemo(config)) return undefined;
  const enrol = enrolling(storage, people, () => random.bytes(16).toString('base64url'));
  const visits = new DemoVisits({
    begin: () =>
      tell({
        issuer: config.issuer,
        gateway: new URL(new URL(resource).origin),
        resource,
        clientId: demoClientId,
        enrol,
      }),
    failed: (error) => logger.warn({ err: error }, 'the story at /demo broke off'),
    clock,
  });
  const demoKey = deriveKey(masterKey, 'demo form');
  return {
    routes: demoRoutes({ site, visits, events, demoKey, random }),
    close: () => visits.close(),
  };
}

/** Accounts of the demo have a passkey and no address: nobody has to read a mail. */
function enrolling(storage: Storage, { signUp }: AccountParts, newUid: () => string): DemoServers['enrol'] {
  return async (authenticator) => {
    const uid = `demo ${newUid()}`;
    const options = await signUp.begin(uid, { displayName: 'Visitor of the demo', email: undefined });
    const { rp, user, challenge } = options;
    const made = await signUp.finish(
      uid,
      authenticator.register({ challenge, user, rp: rp.id === undefined ? {} : { id: rp.id } }),
    );
    if (!made.ok) throw new Error(`the demo has no account: ${made.refusal.detail ?? made.refusal.code}`);
    const accountId: AccountId = made.value.accountId;
    return async () => void (await storage.transaction.run(() => storage.accounts.remove(accountId)));
  };
}
