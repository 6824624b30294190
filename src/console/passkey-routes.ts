import type { RouterContext } from '@koa/router';
import { type AddReason, freshSignIn } from '../accounts/add-passkey-service.js';
import { isConfirmableAction } from '../accounts/confirmation.js';
import { type Clock, epochSeconds } from '../lib/clock.js';
import { parseJson } from '../lib/json.js';
import { refuse } from '../lib/refusal.js';
import { accepted, type Result } from '../lib/result.js';
import { accountSignInUrl } from '../provider/account-client.js';
import { textOf, valueOf } from '../provider/interaction-desk-routes.js';
import { showPage } from '../provider/show-page.js';
import { AddPasskeyPage } from './add-passkey-page.js';
import type { ConsoleCounter } from './console-counter-routes.js';
import type { Posted, Visit } from './console-desk-routes.js';
import type { ConsolePorts } from './console-ports.js';
import { PasskeyPage } from './passkey-page.js';

const newPath = '/account/passkeys/new';

type Ports = Pick<ConsolePorts, 'passkeys' | 'addPasskey' | 'confirmation' | 'passkeyHold'> & {
  readonly clock: Clock;
};

/** Passkeys: one by one, and how a new one is added. */
export class PasskeyRoutes {
  readonly #counter: ConsoleCounter;
  readonly #ports: Ports;

  constructor(counter: ConsoleCounter, ports: Ports) {
    this.#counter = counter;
    this.#ports = ports;
  }

  /** What a page's script asks for before a change: a challenge for exactly that. */
  async beginConfirmation(ctx: RouterContext): Promise<void> {
    const { account, session, fields } = await this.#counter.desk.postedJson(ctx);
    const { action } = fields;
    if (!isConfirmableAction(action)) throw refuse('request_malformed', 'action can’t be confirmed');
    const target = textOf(fields, 'target');
    const subject = { accountId: account.id, sessionUid: session.uid, action, target };
    ctx.body = valueOf(await this.#ports.confirmation.begin(subject));
  }

  async show(ctx: RouterContext): Promise<void> {
    const visit = await this.#counter.desk.open(ctx);
    if (!visit) return;
    const passkeys = await this.#ports.passkeys.list(visit.account.id);
    const passkey = passkeys.find(({ id }) => id === ctx.params['id']);
    if (!passkey) return this.#counter.problem(ctx, { code: 'passkey_gone' });
    const ability = await this.#counter.ability(visit);
    const context = this.#counter.context(ctx, visit);
    showPage(ctx, PasskeyPage({ context, passkey, ability, onlyOne: passkeys.length === 1 }));
  }

  async rename(ctx: RouterContext): Promise<void> {
    const posted = await this.#counter.desk.postedForm(ctx);
    if (!posted) return;
    const renamed = await this.#ports.passkeys.rename(this.#passkeyOf(ctx, posted), posted.fields['name']);
    if (renamed.ok) this.#counter.done(ctx, 'passkey_renamed');
    else this.#counter.problem(ctx, renamed.refusal, this.#pathOf(ctx, renamed));
  }

  async remove(ctx: RouterContext): Promise<void> {
    const posted = await this.#counter.desk.postedForm(ctx);
    if (!posted) return;
    const removed = await this.#removed(ctx, posted);
    if (removed.ok) this.#counter.done(ctx, 'passkey_removed');
    else this.#counter.problem(ctx, removed.refusal, this.#pathOf(ctx, removed));
  }

  async #removed(ctx: RouterContext, posted: Posted): Promise<Result<unknown>> {
    const passkey = this.#passkeyOf(ctx, posted);
    const { passkeys } = this.#ports;
    if (textOf(posted.fields, 'confirmation') === '') return await passkeys.removeHeld(passkey);
    const confirmed = await this.#counter.confirmed(ctx, posted, 'remove_passkey', passkey.credentialId);
    return confirmed.ok ? await passkeys.remove(passkey, confirmed.value) : confirmed;
  }

  async showNew(ctx: RouterContext): Promise<void> {
    const visit = await this.#counter.desk.open(ctx);
    if (!visit) return;
    const ability = await this.#counter.ability(visit);
    const tooOld = epochSeconds(this.#ports.clock) - visit.session.authTime > freshSignIn;
    const signInAgain =
      ability.kind === 'none' && tooOld ? accountSignInUrl(visit.site.origin, true) : undefined;
    const { clock, passkeyHold } = this.#ports;
    const heldUntil = passkeyHold > 0 ? new Date(clock.now() + passkeyHold * 1000) : undefined;
    const context = this.#counter.context(ctx, visit);
    showPage(ctx, AddPasskeyPage({ context, ability, signInAgain, heldUntil }));
  }

  /** Confirmed by a passkey that she has, or freshly signed in without one: what the browser is to make. */
  async newOptions(ctx: RouterContext): Promise<void> {
    const posted = await this.#counter.desk.postedJson(ctx);
    const reason = valueOf(await this.#reason(ctx, posted));
    ctx.body = valueOf(await this.#ports.addPasskey.begin(placeOf(posted), reason));
  }

  async add(ctx: RouterContext): Promise<void> {
    const posted = await this.#counter.desk.postedForm(ctx);
    if (!posted) return;
    const field = textOf(posted.fields, 'registration');
    if (field === '') return this.#counter.problem(ctx, { code: 'confirmation_needed' }, newPath);
    const response = parseJson(Buffer.from(field));
    const { unnamed } = posted.site.words.passkeys;
    const added = await this.#ports.addPasskey.finish(placeOf(posted), response, unnamed);
    if (added.ok) this.#counter.done(ctx, 'passkey_added');
    else this.#counter.problem(ctx, added.refusal, newPath);
  }

  async #reason(ctx: RouterContext, posted: Posted): Promise<Result<AddReason>> {
    if (posted.fields['confirmation'] === undefined) {
      return accepted({ kind: 'first', authTime: posted.session.authTime });
    }
    const confirmed = await this.#counter.confirmed(ctx, posted, 'add_passkey');
    return confirmed.ok ? accepted({ kind: 'confirmed', confirmation: confirmed.value }) : confirmed;
  }

  #passkeyOf(ctx: RouterContext, { account }: Visit) {
    return { accountId: account.id, credentialId: String(ctx.params['id']) };
  }

  /** The passkey's own page, unless that is what is gone. */
  #pathOf(ctx: RouterContext, result: Result<unknown>): string {
    const gone = !result.ok && result.refusal.code === 'passkey_gone';
    return gone ? '/account' : `/account/passkeys/${encodeURIComponent(String(ctx.params['id']))}`;
  }
}

function placeOf({ account, session }: Visit) {
  return { accountId: account.id, sessionUid: session.uid };
}
