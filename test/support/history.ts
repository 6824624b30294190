import { newAccount, type AccountId } from '../../src/accounts/account.js';
import { epochSeconds, type Clock } from '../../src/lib/clock.js';
import { sha256 } from '../../src/lib/hashing.js';
import { bucketOf, newAccessToken } from '../../src/lib/opaque-token.js';
import { systemRandom } from '../../src/lib/random.js';
import { jwtDigest } from '../../src/provider/access-token-adapter.js';
import type { Storage } from '../../src/storage/storage.js';
import { mayIssue, thing, type ModelEpoch, type ModelToken, type Thing } from './history-model.js';
import { accessToken, grant, session, sessionSave, unique } from './records.js';

/** Numbers from a seed: below `limit`, from 0 on. */
export type Dice = (limit: number) => number;

/** The same numbers for the same seed (mulberry32). */
export function diceOf(seed: number): Dice {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

export interface HistoryPorts {
  /** Each event happens on one of these nodes. */
  readonly nodes: readonly Storage[];
  readonly clock: Clock;
  readonly audiences: readonly string[];
  /** Shared by all histories; the last is of this moment. */
  readonly epochs: readonly ModelEpoch[];
  readonly signJwt: (claims: Record<string, unknown>) => Promise<string>;
}

const events = ['refresh', 'refresh', 'stepUp', 'logIn', 'actAlone', 'revokeToken', 'revokeGrant'] as const;
const rarer = ['endSession', 'revokeDevice', 'revokeKey', 'revokeClient', 'revokeAccount'] as const;
const rarest = ['disableAccount', 'removeAccount', 'removeClient'] as const;
type Event = (typeof events | typeof rarer | typeof rarest)[number];

/** One person with one client and two keys, and what happens to them; in the database and in the model alike. */
export class History {
  readonly tokens: ModelToken[] = [];
  /** For whoever reads of a failure. */
  readonly told: string[] = [];
  readonly #ports: HistoryPorts;
  readonly #dice: Dice;
  readonly #account: Thing;
  readonly #client: Thing;
  readonly #keys: readonly Thing[];
  readonly #devices = new Map<Thing, Thing>();
  readonly #cutOff = new Set<Thing>();
  readonly #grants: Thing[] = [];
  readonly #sessions: Thing[] = [];
  #born = 0;

  constructor(ports: HistoryPorts, dice: Dice) {
    this.#ports = ports;
    this.#dice = dice;
    this.#account = this.#make('acc');
    this.#client = this.#make('client');
    this.#keys = [this.#make('key'), this.#make('key')];
  }

  /** The person, her client and her first login. */
  async begin(): Promise<void> {
    const { id } = this.#account;
    const createdAt = new Date(this.#ports.clock.now());
    await this.#node().accounts.insert(newAccount(id as AccountId, createdAt));
    const metadata = { redirect_uris: [] };
    const client = { clientId: this.#client.id, source: 'database' as const, metadata, createdAt };
    await this.#node().clients.insert(client);
    await this.#logIn();
  }

  /** Something happens, and is committed when this resolves. */
  async next(): Promise<void> {
    const rarity = this.#dice(10);
    const among: readonly Event[] = rarity < 6 ? events : rarity < 9 ? rarer : rarest;
    const event = among[this.#dice(among.length)] ?? 'refresh';
    this.told.push(event);
    this.#born += 1;
    await this.#happen(event);
  }

  #happen(event: Event): Promise<unknown> {
    const node = this.#node();
    const at = new Date(this.#ports.clock.now());
    const { id: account } = this.#account;
    const key = this.#one(this.#keys);
    switch (event) {
      case 'refresh':
        return this.#issue({
          grant: this.#one(this.#grants),
          session: this.#dice(2) ? this.#one(this.#sessions) : undefined,
        });
      case 'stepUp':
        return this.#logIn(this.#one(this.#grants));
      case 'logIn':
        return this.#logIn();
      case 'actAlone':
        return this.#issue({ alone: true });
      case 'revokeToken':
        return this.#revokeToken(this.#one(this.tokens));
      case 'revokeGrant':
        return this.#end(this.#one(this.#grants), (grantId) => node.grants.revoke(grantId, at));
      case 'endSession':
        return this.#end(this.#one(this.#sessions), (uid) => node.sessions.end(uid, at));
      case 'revokeDevice':
        return this.#revokeDevice(key);
      case 'revokeKey':
        return this.#end(key, (thumbprint) => node.revokedKeys.revoke(thumbprint, at));
      case 'revokeClient':
        return this.#revoke(this.#client, (clientId) => node.clients.revoke(clientId));
      case 'revokeAccount':
        return this.#revoke(this.#account, () => node.accounts.revoke(account as AccountId));
      case 'disableAccount':
        return this.#end(this.#account, () => node.accounts.disable(account as AccountId, at));
      case 'removeAccount':
        return this.#end(this.#account, () => node.accounts.remove(account as AccountId));
      case 'removeClient':
        return this.#end(this.#client, (clientId) => node.clients.remove(clientId, at));
    }
  }

  /** A login gives a session and, unless there is one already, a grant; and a token of both. */
  async #logIn(standing?: Thing): Promise<void> {
    const { clock } = this.#ports;
    const [accountId, clientId] = [this.#account.id, this.#client.id];
    const signedIn = this.#make('session', 30 + this.#dice(600));
    const at = new Date(clock.now());
    const record = { uid: signedIn.id, accountId, expiresAt: signedIn.expiresAt };
    await this.#node().sessions.save(session(clock, record), sessionSave(clock, { signedInAt: at }));
    signedIn.gone = this.#account.gone;
    this.#sessions.push(signedIn);
    const consented = standing ?? this.#make('grant', 30 + this.#dice(600));
    if (!standing) {
      const { id, expiresAt } = consented;
      await this.#node().grants.save(grant(clock, { id, accountId, clientId, expiresAt }));
      consented.gone = this.#account.gone || this.#client.gone;
      this.#grants.push(consented);
    }
    await this.#issue({ grant: consented, session: signedIn, ofLogin: true });
  }

  async #issue(of: {
    grant?: Thing | undefined;
    session?: Thing | undefined;
    alone?: boolean;
    ofLogin?: boolean;
  }): Promise<void> {
    const { clock, epochs, audiences, signJwt } = this.#ports;
    const account = of.alone === true ? undefined : this.#account;
    const key = this.#one(this.#keys);
    const made = this.#make('token', 1 + this.#dice(300));
    const audience = this.#dice(12) === 0 ? undefined : this.#one(audiences);
    const acr = account && (this.#dice(2) ? 'urn:holdfast:acr:phr' : 'urn:holdfast:acr:basic');
    const jti = this.#dice(20) === 0 ? unique('jti') : undefined;
    const foundation = { client: this.#client, account, grant: of.grant, session: of.session, key };
    if (of.ofLogin === true && account && !account.gone) {
      if (!this.#devices.has(key)) this.#devices.set(key, this.#make('device'));
      // A login takes a device in again that was cut off; a refresh makes nothing there.
      if (!key.gone) this.#cutOff.delete(key);
    }
    const may = mayIssue(foundation, epochs) && !(account && this.#cutOff.has(key));
    const value =
      jti === undefined
        ? newAccessToken(systemRandom, made.expiresAt)
        : await signJwt({ jti, exp: made.expiresAt, aud: audience ?? 'x', client_id: this.#client.id });
    const record = accessToken(clock, {} as never, {
      digest: jti === undefined ? sha256(value) : jwtDigest(jti),
      bucket: bucketOf(made.expiresAt),
      format: jti === undefined ? 'opaque' : 'jwt',
      clientId: this.#client.id,
      accountId: account?.id,
      grantId: of.grant?.id,
      sessionUid: of.session?.id,
      jkt: key.id,
      audience,
      scope: 'chat',
      acr,
      amr: acr === undefined ? undefined : ['test'],
      authTime: of.session?.issuedAt,
      expiresAt: made.expiresAt,
      ...(of.ofLogin === true ? { ofLogin: true } : {}),
    });
    const inserted = await this.#node().accessTokens.insert(record);
    if (inserted !== may)
      throw new Error(`a token was ${inserted ? '' : 'not '}made: ${this.told.join(', ')}`);
    if (!inserted) return;
    const device = account && this.#devices.get(key);
    this.tokens.push({ ...made, ...foundation, value, jti, device, audience, scope: 'chat', acr });
  }

  async #revokeToken(token: ModelToken | undefined): Promise<void> {
    if (!token) return;
    const digest = token.jti === undefined ? sha256(token.value) : jwtDigest(token.jti);
    await this.#node().accessTokens.revoke(
      digest,
      bucketOf(token.expiresAt),
      new Date(this.#ports.clock.now()),
    );
    token.gone = true;
  }

  async #revokeDevice(key: Thing): Promise<void> {
    const device = this.#devices.get(key);
    if (!device || this.#account.gone) return;
    const devices = await this.#node().devices.listOf(this.#account.id as AccountId);
    const found = devices.find(({ keys }) => keys.some(({ thumbprint }) => thumbprint === key.id));
    // Cut off already, and no login since: everything that hung on it is dead.
    if (!found) return;
    this.#cutOff.add(key);
    await this.#revoke(device, () =>
      this.#node().devices.revoke(found.id, new Date(this.#ports.clock.now())),
    );
  }

  async #revoke(part: Thing, by: (id: string) => Promise<unknown>): Promise<void> {
    await by(part.id);
    part.revoked = this.#born;
  }

  async #end(part: Thing | undefined, by: (id: string) => Promise<unknown>): Promise<void> {
    if (!part) return;
    await by(part.id);
    part.gone = true;
  }

  #make(kind: string, life = Infinity): Thing {
    const issuedAt = epochSeconds(this.#ports.clock);
    // A revocation and what is made after it never are of the same event.
    this.#born += 1;
    const epoch = this.#ports.epochs.at(-1)?.number ?? 0;
    return thing({ id: unique(kind), born: this.#born, issuedAt, epoch, expiresAt: issuedAt + life });
  }

  #one<Item>(items: readonly Item[]): Item {
    return items[this.#dice(items.length)] as Item;
  }

  #node(): Storage {
    return this.#one(this.#ports.nodes);
  }
}
