import Router, { type RouterContext } from '@koa/router';
import type { Middleware } from 'koa';
import type { RecoveryDraft } from '../accounts/recovery-draft.js';
import type { RecoveryEndService } from '../accounts/recovery-end-service.js';
import type { RecoveryMailService } from '../accounts/recovery-mail-service.js';
import type { RecoveryService } from '../accounts/recovery-service.js';
import { refuse } from '../lib/refusal.js';
import type { Tiers } from '../stepup/tiers.js';
import { formTarget } from '../web/content-security-policy.js';
import { heldDraft, holdDraft } from './draft-cookie.js';
import {
  InteractionDesk,
  type InteractionDeskPorts,
  seeOther,
  textOf,
  valueOf,
} from './interaction-desk-routes.js';
import { translateProviderErrors } from './interaction-errors.js';
import type { Interaction } from './interaction.js';
import { MailCodePage, mailCodeSaid } from './mail-code-page.js';
import { mailCodeOutcome, visitOf } from './mail-code-routes.js';
import { RecoveryCodePage } from './recovery-code-page.js';
import { RecoveryDonePage } from './recovery-done-page.js';
import { RecoveryPage, WithoutCodesPage } from './recovery-page.js';
import { RecoveryUndonePage } from './recovery-undo-page.js';
import { showPage } from './show-page.js';
import { paidModels } from './tier-words.js';

export interface RecoveryRoutesPorts extends InteractionDeskPorts {
  readonly recoveryMail: RecoveryMailService;
  readonly recovery: RecoveryService;
  readonly recoveryEnd: RecoveryEndService;
  /** Whole minutes that a mailed code is good, and seconds that paid tiers stay shut. */
  readonly codeMinutes: number;
  readonly holdSeconds: number;
  readonly tiers: Tiers;
}

/** Where each step of a recovery has its page. */
const pages = {
  mail_code: '/recovery/code',
  recovery_code: '/recovery/recovery-code',
  done: '/recovery/done',
} as const;

/** For who can't use her passkey: the code from a mail, then a recovery code. All but a new passkey needs no script. */
export function recoveryRoutes(ports: RecoveryRoutesPorts): Middleware {
  const routes = new RecoveryRoutes(ports);
  const router = new Router({ prefix: '/interaction/:uid' });
  router.use(translateProviderErrors);
  router.get('/recovery', (ctx) => routes.show(ctx));
  router.post('/recovery', (ctx) => routes.begin(ctx));
  router.get('/recovery/without-codes', (ctx) => routes.showWithoutCodes(ctx));
  router.get(pages.mail_code, (ctx) => routes.showMailCode(ctx));
  router.post(pages.mail_code, (ctx) => routes.proveAddress(ctx));
  router.post(`${pages.mail_code}/again`, (ctx) => routes.resend(ctx));
  router.get(pages.recovery_code, (ctx) => routes.showRecoveryCode(ctx));
  router.post(pages.recovery_code, (ctx) => routes.recover(ctx));
  router.get(pages.done, (ctx) => routes.showDone(ctx));
  router.post(pages.done, (ctx) => routes.leave(ctx));
  router.get('/recovery/undone', (ctx) => routes.showUndone(ctx));
  router.post('/passkey/recovery/options', (ctx) => routes.passkeyOptions(ctx));
  router.post('/passkey/recovery/result', (ctx) => routes.passkeyResult(ctx));
  return router.routes() as unknown as Middleware;
}

class RecoveryRoutes {
  readonly #ports: RecoveryRoutesPorts;
  readonly #desk: InteractionDesk;

  constructor(ports: RecoveryRoutesPorts) {
    this.#ports = ports;
    this.#desk = new InteractionDesk(ports);
  }

  /** Which account; also to name another one, until she is back in. */
  async show(ctx: RouterContext): Promise<void> {
    const { interaction, draft } = await this.#open(ctx);
    if (draft?.step === 'done') return this.#goTo(ctx, interaction, 'done');
    const email = draft?.step === 'mail_code' ? draft.email : '';
    showPage(ctx, RecoveryPage({ ...this.#desk.frame(ctx, interaction), email }));
  }

  async begin(ctx: RouterContext): Promise<void> {
    const { interaction, fields } = await this.#desk.postedForm(ctx, 'login');
    const frame = this.#desk.frame(ctx, interaction);
    const email = textOf(fields, 'email');
    const begun = await this.#ports.recoveryMail.begin(interaction.uid, email, visitOf(ctx, frame.site));
    if (begun.ok) {
      holdDraft(ctx, 'recovery', interaction.uid, begun.value.secret);
      return this.#goTo(ctx, interaction, 'mail_code');
    }
    const { recovery, mailCode } = frame.site.words;
    const problem = begun.refusal.code === 'mail_code_limit' ? mailCode.said.limit : recovery.check;
    ctx.status = 400;
    showPage(ctx, RecoveryPage({ ...frame, email, problem }));
  }

  async showWithoutCodes(ctx: RouterContext): Promise<void> {
    const { interaction } = await this.#open(ctx);
    showPage(ctx, WithoutCodesPage(this.#desk.frame(ctx, interaction)));
  }

  async showMailCode(ctx: RouterContext): Promise<void> {
    const { interaction, draft } = await this.#open(ctx);
    if (draft?.step !== 'mail_code') return this.#goTo(ctx, interaction, draft?.step);
    const frame = this.#desk.frame(ctx, interaction);
    const said = mailCodeSaid(ctx.query['said'], frame.site.words);
    const step = `${frame.base}/recovery`;
    const { codeMinutes: minutes } = this.#ports;
    showPage(ctx, MailCodePage({ ...frame, step, email: draft.email, minutes, certain: false, said }));
  }

  async proveAddress(ctx: RouterContext): Promise<void> {
    const { interaction, fields } = await this.#desk.postedForm(ctx, 'login');
    const { uid } = interaction;
    const { asker } = visitOf(ctx, this.#desk.frame(ctx, interaction).site);
    const typed = { typed: textOf(fields, 'code'), asker };
    const proven = await this.#ports.recoveryMail.proveAddress(uid, heldDraft(ctx, 'recovery'), typed);
    const outcome = mailCodeOutcome(proven);
    if (outcome.said !== undefined) return this.#goTo(ctx, interaction, 'mail_code', outcome.said);
    if (outcome.value) holdDraft(ctx, 'recovery', uid, outcome.value.secret);
    this.#goTo(ctx, interaction, 'recovery_code');
  }

  async resend(ctx: RouterContext): Promise<void> {
    const { interaction } = await this.#desk.postedForm(ctx, 'login');
    const visit = visitOf(ctx, this.#desk.frame(ctx, interaction).site);
    const sent = await this.#ports.recoveryMail.resend(interaction.uid, heldDraft(ctx, 'recovery'), visit);
    this.#goTo(ctx, interaction, 'mail_code', mailCodeOutcome(sent).said ?? 'sent');
  }

  async showRecoveryCode(ctx: RouterContext): Promise<void> {
    const { interaction, draft } = await this.#open(ctx);
    if (draft?.step !== 'recovery_code') return this.#goTo(ctx, interaction, draft?.step);
    const { said } = ctx.query;
    const problem = said === 'refused' || said === 'wait' ? said : undefined;
    const { holdSeconds } = this.#ports;
    const frame = this.#desk.frame(ctx, interaction);
    const models = paidModels(this.#ports.tiers.current, frame.site);
    showPage(ctx, RecoveryCodePage({ ...frame, models, holdSeconds, problem }));
  }

  async recover(ctx: RouterContext): Promise<void> {
    const { interaction, fields } = await this.#desk.postedForm(ctx, 'login');
    const { uid } = interaction;
    const { asker } = visitOf(ctx, this.#desk.frame(ctx, interaction).site);
    const typed = { typed: textOf(fields, 'recovery_code'), asker };
    const back = await this.#ports.recovery.recover(uid, heldDraft(ctx, 'recovery'), typed);
    if (back.ok) {
      holdDraft(ctx, 'recovery', uid, back.value.secret);
      return this.#goTo(ctx, interaction, 'done');
    }
    const { code } = back.refusal;
    if (code === 'recovery_refused') return this.#goTo(ctx, interaction, 'recovery_code', 'refused');
    if (code === 'rate_limited') return this.#goTo(ctx, interaction, 'recovery_code', 'wait');
    // Another tab was first: the page of the step that it made.
    if (code === 'step_gone') return this.#goTo(ctx, interaction, 'done');
    valueOf(back);
  }

  async showDone(ctx: RouterContext): Promise<void> {
    const { interaction, draft } = await this.#open(ctx);
    if (draft?.step !== 'done') return this.#goTo(ctx, interaction, draft?.step);
    if (!(await this.#ports.recoveryEnd.stands(interaction.uid, heldDraft(ctx, 'recovery')))) {
      return seeOther(ctx, `${this.#desk.address(interaction).base}/recovery/undone`);
    }
    const frame = this.#desk.frame(ctx, interaction);
    const { redirectUri } = frame.asker;
    const page = RecoveryDonePage({
      ...frame,
      models: paidModels(this.#ports.tiers.current, frame.site),
      heldUntil: new Date(draft.held_until),
      codesLeft: draft.codes_left,
      passkeyAdded: draft.passkey_added,
    });
    showPage(ctx, page, [redirectUri && formTarget(redirectUri)]);
  }

  /** On to the app, as weakly as a recovery is; or back to where everything was. */
  async leave(ctx: RouterContext): Promise<void> {
    const { interaction, fields } = await this.#desk.postedForm(ctx, 'login');
    const { recoveryEnd } = this.#ports;
    const { uid } = interaction;
    const secret = heldDraft(ctx, 'recovery');
    if (fields['answer'] === 'continue') {
      return seeOther(ctx, await this.#desk.logIn(ctx, interaction, await recoveryEnd.signIn(uid, secret)));
    }
    if (fields['answer'] !== 'undo') throw refuse('request_malformed', 'answer is neither continue nor undo');
    valueOf(await recoveryEnd.undoHere(uid, secret));
    seeOther(ctx, `${this.#desk.address(interaction).base}/recovery/undone`);
  }

  async showUndone(ctx: RouterContext): Promise<void> {
    const { interaction } = await this.#open(ctx);
    const { site, base } = this.#desk.frame(ctx, interaction);
    showPage(ctx, RecoveryUndonePage({ site, signInAt: base }));
  }

  async passkeyOptions(ctx: RouterContext): Promise<void> {
    const { interaction } = await this.#desk.postedJson(ctx);
    const secret = heldDraft(ctx, 'recovery');
    ctx.body = valueOf(await this.#ports.recoveryEnd.beginPasskey(interaction.uid, secret));
  }

  async passkeyResult(ctx: RouterContext): Promise<void> {
    const { interaction, fields } = await this.#desk.postedJson(ctx);
    const { uid } = interaction;
    const secret = heldDraft(ctx, 'recovery');
    const { site, base } = this.#desk.frame(ctx, interaction);
    const { unnamed } = site.words.passkeys;
    const { response } = fields;
    const added = valueOf(await this.#ports.recoveryEnd.finishPasskey(uid, secret, { response, unnamed }));
    holdDraft(ctx, 'recovery', uid, added.secret);
    ctx.body = { location: `${base}${pages.done}` };
  }

  async #open(ctx: RouterContext) {
    const interaction = await this.#desk.open(ctx, 'login');
    const draft = await this.#ports.recovery.find(interaction.uid, heldDraft(ctx, 'recovery'));
    return { interaction, draft };
  }

  /** The page of a step; of the first where there is no draft. */
  #goTo(ctx: RouterContext, interaction: Interaction, step?: RecoveryDraft['step'], said?: string): void {
    this.#desk.goTo(ctx, interaction, step === undefined ? '/recovery' : pages[step], said);
  }
}
