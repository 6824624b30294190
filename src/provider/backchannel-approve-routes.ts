import Router, { type RouterContext } from '@koa/router';
import type { Middleware } from 'koa';
import type { AccountEventLog } from '../accounts/account-event-log.js';
import type { AccountStore } from '../accounts/account-store.js';
import type { Config } from '../config/schema.js';
import { accepted } from '../lib/result.js';
import { parseJson } from '../lib/json.js';
import type { SecurityEvents } from '../observability/events.js';
import type { ApprovalSubject } from '../stepup/approval.js';
import type { ApprovalService, GivenApproval } from '../stepup/approval-service.js';
import type { ApprovalStore } from '../stepup/approval-store.js';
import type { BackchannelRequest } from '../stepup/backchannel-request.js';
import type { BackchannelService } from '../stepup/backchannel-service.js';
import type { Tiers } from '../stepup/tiers.js';
import {
  type AnsweredRequest,
  ApproveDesk,
  type ApproveDeskPorts,
  type OpenRequest,
} from './approve-desk-routes.js';
import { BackchannelApprovePage } from './backchannel-approve-page.js';
import { grantBackchannelConsent } from './backchannel-consent.js';
import { BackchannelEndPage } from './backchannel-end-page.js';
import { endingOf, problemOf, triesLeft } from './backchannel-ending-page.js';
import { backchannelScopes } from './backchannel-subject.js';
import { type BrowserSignInPorts, signBrowserIn } from './browser-sign-in.js';
import { seeOther, textOf, valueOf } from './interaction-desk-routes.js';
import { translateProviderErrors } from './interaction-errors.js';
import { abilitiesOf } from './scope-words.js';
import { showPage } from './show-page.js';
import { tierWords } from './tier-words.js';

export interface BackchannelApprovePorts extends ApproveDeskPorts, BrowserSignInPorts {
  readonly config: Pick<Config, 'resources'>;
  readonly tiers: Tiers;
  readonly backchannel: Pick<
    BackchannelService,
    'findByLink' | 'findOf' | 'tryNumber' | 'approve' | 'deny' | 'notMe'
  >;
  readonly approvalService: Pick<ApprovalService, 'ability' | 'begin' | 'beginUnknown' | 'finish'>;
  readonly approvals: Pick<ApprovalStore, 'revoke'>;
  readonly accounts: Pick<AccountStore, 'find'>;
  readonly log: Pick<AccountEventLog, 'record'>;
  readonly nameOf: (accountId: string | undefined) => Promise<string | undefined>;
  readonly events: Pick<SecurityEvents, 'crossSiteForm' | 'consentGiven' | 'backchannelDisowned'>;
}

/** The person's side of a request that comes from elsewhere (CIBA). A GET answers nothing: mail programs open links. */
export function backchannelApproveRoutes(ports: BackchannelApprovePorts): Middleware {
  const routes = new BackchannelApproveRoutes(ports);
  const router = new Router({ prefix: '/approve/:link' });
  router.use(translateProviderErrors);
  router.get('/', (ctx) => routes.show(ctx));
  router.post('/options', (ctx) => routes.options(ctx));
  router.post('/', (ctx) => routes.approve(ctx));
  router.post('/deny', (ctx) => routes.deny(ctx));
  router.post('/not-me', (ctx) => routes.notMe(ctx));
  return router.routes() as unknown as Middleware;
}

class BackchannelApproveRoutes {
  readonly #ports: BackchannelApprovePorts;
  readonly #desk: ApproveDesk;

  constructor(ports: BackchannelApprovePorts) {
    this.#ports = ports;
    this.#desk = new ApproveDesk(ports);
  }

  async show(ctx: RouterContext): Promise<void> {
    const open = await this.#desk.open(ctx);
    const { request, client, owner, viewer, site, base } = open;
    const { said } = ctx.query;
    const now = this.#ports.clock.now();
    const ending = endingOf(request, said, { now, isOwner: owner !== undefined });
    if (ending) return showPage(ctx, BackchannelEndPage({ site, ending, clientName: client.name }));
    const { config, tiers, nameOf } = this.#ports;
    const { subject, csrf } = this.#desk.ticket(ctx, open);
    const page = BackchannelApprovePage({
      site,
      place: client.host,
      base,
      csrf,
      subject,
      tier: this.#titleOf(request),
      // All of it, also beside an amount: the tokens call models that need no approval, and outlive this one.
      abilities: abilitiesOf(
        backchannelScopes(request, config.resources),
        site.words,
        tierWords(tiers.current, site),
      ),
      askedAt: Math.floor(request.createdAt.getTime() / 1000),
      now,
      person: owner && (await nameOf(owner)),
      notYours: viewer !== undefined && owner === undefined,
      signedOut: viewer === undefined,
      ...(await this.#ability(open, subject)),
      triesLeft: triesLeft(request.wrongNumbers),
      problem: problemOf(site.words, said),
    });
    showPage(ctx, page);
  }

  /** Law 6: who is not signed in to its account is asked for any passkey, so that nothing is told of hers. */
  async options(ctx: RouterContext): Promise<void> {
    const { subject, owner } = await this.#desk.postedJson(ctx);
    const { approvalService } = this.#ports;
    ctx.body =
      owner === undefined
        ? await approvalService.beginUnknown(subject)
        : valueOf(await approvalService.begin(subject));
  }

  /** Number and assertion come in one post: a wrong number costs a try, and her assertion is not even looked at. */
  async approve(ctx: RouterContext): Promise<void> {
    const answered = await this.#desk.postedForm(ctx);
    const { fields, request, subject } = answered;
    const { approvalService, backchannel } = this.#ports;
    const assertion = textOf(fields, 'assertion');
    if (assertion === '') return this.#back(ctx, answered, 'confirmation_needed');
    // Threat 15: whoever did not ask can't know the number, whatever she is talked into pressing.
    const tried = await backchannel.tryNumber(request, textOf(fields, 'number'));
    if (tried !== 'right') return this.#back(ctx, answered);
    const given = await approvalService.finish(subject, parseJson(Buffer.from(assertion)));
    if (!given.ok) return this.#back(ctx, answered, given.refusal.code);
    const approved = await this.#conclude(answered, given.value);
    const { authentication } = given.value;
    const signedIn = approved && (await signBrowserIn(ctx, this.#ports, authentication));
    this.#back(ctx, answered, signedIn ? 'signed-in' : 'approved');
  }

  async deny(ctx: RouterContext): Promise<void> {
    const answered = await this.#desk.postedForm(ctx);
    await this.#ports.backchannel.deny(answered.request);
    this.#back(ctx, answered, 'denied');
  }

  /**
   * Signed in, it takes from the client all that it has from her. A link alone proves nobody: whoever asked has it too,
   * and must not cut off what she uses; it ends what was asked, and tells the operator.
   */
  async notMe(ctx: RouterContext): Promise<void> {
    const answered = await this.#desk.postedForm(ctx);
    const { request, owner } = answered;
    const { backchannel, events } = this.#ports;
    if (owner !== undefined) await backchannel.notMe(request);
    else if (await backchannel.deny(request)) {
      const { id, accountId, clientId } = request;
      events.backchannelDisowned({ accountId, clientId, request: id });
    }
    this.#back(ctx, answered, 'not-me');
  }

  async #conclude(
    { request, fields, client, subject }: AnsweredRequest,
    given: GivenApproval,
  ): Promise<boolean> {
    const { backchannel, approvals, provider, clock, log, events } = this.#ports;
    const { approval, authentication } = given;
    const { accountId } = authentication;
    const { clientId } = request;
    const { modelCall } = subject;
    let grantId = '';
    const outcome = await backchannel.approve(request, textOf(fields, 'number'), async () => {
      grantId = await grantBackchannelConsent(provider, request);
      const app = client.name;
      if (modelCall) await log.record(accountId, 'calls_approved', { app, title: this.#titleOf(request) });
      else await log.record(accountId, 'app_connected', { app });
      return { grantId, approvalId: modelCall && approval.id, authentication };
    });
    if (outcome === 'approved') events.consentGiven({ accountId, clientId, grantId });
    // It was answered, or ended, while she looked for her passkey: what she signed opens nothing.
    else await approvals.revoke(accountId, { id: approval.id }, new Date(clock.now()));
    return outcome === 'approved';
  }

  /** What people call the tier of the models; empty for a sign-in. */
  #titleOf({ modelCall }: BackchannelRequest): string {
    return this.#ports.tiers.current.find(({ id }) => id === modelCall?.tier)?.title ?? '';
  }

  /** Told to its owner alone. */
  async #ability({ owner }: OpenRequest, subject: ApprovalSubject) {
    if (owner === undefined) return { ability: accepted(undefined), heldUntil: undefined };
    const { accounts, approvalService } = this.#ports;
    const account = await accounts.find(owner);
    return { ability: await approvalService.ability(subject), heldUntil: account?.paidTiersHeldUntil };
  }

  #back(ctx: RouterContext, { base }: OpenRequest, said?: string): void {
    seeOther(ctx, said === undefined ? base : `${base}?said=${said}`);
  }
}
