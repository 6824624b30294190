import type { RouterContext } from '@koa/router';
import { seeOther, textOf } from '../provider/interaction-desk-routes.js';
import { showPage } from '../provider/show-page.js';
import { paidModels } from '../provider/tier-words.js';
import { ActivityPage } from './activity-page.js';
import type { ConsoleCounter } from './console-counter-routes.js';
import type { Visit } from './console-desk-routes.js';
import type { ConsolePorts } from './console-ports.js';
import { UnlinkPage } from './identity-page.js';
import { type Overview, OverviewPage } from './overview-page.js';
import { CodesMadePage, NewCodesPage } from './recovery-codes-page.js';

const recentEvents = 5;
const allEvents = 200;
const codesPath = '/account/recovery-codes';

/** The account at a glance, and what is cut off from there. */
export class OverviewRoutes {
  readonly #counter: ConsoleCounter;
  readonly #ports: ConsolePorts;

  constructor(counter: ConsoleCounter, ports: ConsolePorts) {
    this.#counter = counter;
    this.#ports = ports;
  }

  async show(ctx: RouterContext): Promise<void> {
    const visit = await this.#counter.desk.open(ctx);
    if (!visit) return;
    const overview = await this.#overview(visit);
    showPage(ctx, OverviewPage({ context: this.#counter.context(ctx, visit), overview }));
  }

  /** Back from signing in; whoever changed her mind goes to the front page rather than round in circles. */
  signedIn(ctx: RouterContext): void {
    seeOther(ctx, ctx.query['error'] === undefined ? '/account' : '/');
  }

  async showActivity(ctx: RouterContext): Promise<void> {
    const visit = await this.#counter.desk.open(ctx);
    if (!visit) return;
    const events = await this.#ports.accountEvents.listOf(visit.account.id, allEvents);
    showPage(ctx, ActivityPage({ context: this.#counter.context(ctx, visit), events }));
  }

  async disconnect(ctx: RouterContext): Promise<void> {
    const posted = await this.#counter.desk.postedForm(ctx);
    if (!posted) return;
    const ended = await this.#ports.apps.disconnect(posted.account.id, textOf(posted.fields, 'app'));
    if (ended.ok) this.#counter.done(ctx, 'app_disconnected');
    else this.#counter.problem(ctx, ended.refusal);
  }

  async stopApproval(ctx: RouterContext): Promise<void> {
    const posted = await this.#counter.desk.postedForm(ctx);
    if (!posted) return;
    await this.#ports.livingApprovals.stop(posted.account.id, textOf(posted.fields, 'approval'));
    this.#counter.done(ctx, 'approval_stopped');
  }

  async stopOldKey(ctx: RouterContext): Promise<void> {
    const posted = await this.#counter.desk.postedForm(ctx);
    if (!posted) return;
    await this.#ports.oldKeys.stop(posted.account.id, textOf(posted.fields, 'key'));
    this.#counter.done(ctx, 'old_key_stopped');
  }

  async showNewCodes(ctx: RouterContext): Promise<void> {
    const visit = await this.#counter.desk.open(ctx);
    if (!visit) return;
    const ability = await this.#counter.ability(visit);
    showPage(ctx, NewCodesPage({ context: this.#counter.context(ctx, visit), ability }));
  }

  /** The codes are in this answer and nowhere else, so no redirect follows; asked again, the assertion is spent. */
  async makeCodes(ctx: RouterContext): Promise<void> {
    const posted = await this.#counter.desk.postedForm(ctx);
    if (!posted) return;
    const confirmed = await this.#counter.confirmed(ctx, posted, 'replace_recovery_codes');
    if (!confirmed.ok) return this.#counter.problem(ctx, confirmed.refusal, codesPath);
    const { recoveryCodes, news, transaction } = this.#ports;
    const { id } = posted.account;
    const codes = await transaction.run(async () => {
      await news.write(id, { kind: 'recovery_codes_made', values: {} });
      return await recoveryCodes.replace(id);
    });
    showPage(ctx, CodesMadePage({ site: posted.site, codes }));
  }

  async showIdentity(ctx: RouterContext): Promise<void> {
    const visit = await this.#counter.desk.open(ctx);
    if (!visit) return;
    const identities = await this.#ports.upstreamLinks.list(visit.account.id);
    const identity = identities.find(({ id }) => id === ctx.params['id']);
    if (!identity) return this.#counter.problem(ctx, { code: 'identity_gone' });
    const ability = await this.#counter.ability(visit);
    showPage(ctx, UnlinkPage({ context: this.#counter.context(ctx, visit), ability, identity }));
  }

  async unlinkIdentity(ctx: RouterContext): Promise<void> {
    const posted = await this.#counter.desk.postedForm(ctx);
    if (!posted) return;
    const id = String(ctx.params['id']);
    const confirmed = await this.#counter.confirmed(ctx, posted, 'unlink_identity', id);
    if (!confirmed.ok) return this.#counter.problem(ctx, confirmed.refusal, '/account');
    const unlinked = await this.#ports.upstreamLinks.unlink(posted.account.id, id, confirmed.value);
    if (unlinked.ok) this.#counter.done(ctx, 'identity_unlinked');
    else this.#counter.problem(ctx, unlinked.refusal);
  }

  async #overview({ account, session, site }: Visit): Promise<Overview> {
    const {
      livingApprovals,
      oldKeys,
      tiers,
      passkeys,
      ownDevices,
      apps,
      upstreamLinks,
      recoveryCodes,
      accountEvents,
      mailer,
      push,
    } = this.#ports;
    const { id } = account;
    return {
      paidModels: paidModels(tiers.current, site),
      passkeys: await passkeys.list(id),
      signals: await passkeys.signals(id),
      own: await ownDevices.list(id, session.uid),
      sessionUid: session.uid,
      apps: await apps.list(id),
      approvals: await livingApprovals.list(id),
      oldKeys: await oldKeys.list(id),
      titleOf: (tier) => tiers.current.find((each) => each.id === tier)?.title ?? tier,
      identities: await upstreamLinks.list(id),
      codesLeft: await recoveryCodes.countLeft(id),
      mail: mailer.available,
      waiting: await this.#ports.waiting(id),
      notifications: {
        subscriptions: await push.list(id),
        applicationServerKey: await push.applicationServerKey(),
      },
      events: await accountEvents.listOf(id, recentEvents),
    };
  }
}
