import Router, { type RouterContext } from '@koa/router';
import type { Middleware } from 'koa';
import type { SignUpDraft } from '../accounts/sign-up-draft.js';
import type { SignUpService } from '../accounts/sign-up-service.js';
import type { SignUpStepsService } from '../accounts/sign-up-steps-service.js';
import { refuse } from '../lib/refusal.js';
import { formTarget } from '../web/content-security-policy.js';
import { heldDraft, holdDraft } from './draft-cookie.js';
import {
  type Fields,
  InteractionDesk,
  type InteractionDeskPorts,
  seeOther,
  textOf,
  valueOf,
} from './interaction-desk-routes.js';
import { translateProviderErrors } from './interaction-errors.js';
import type { Interaction } from './interaction.js';
import { mailCodeOutcome, visitOf } from './mail-code-routes.js';
import { MailCodePage, mailCodeSaid } from './mail-code-page.js';
import { showPage } from './show-page.js';
import { SignUpCodesPage } from './sign-up-codes-page.js';
import { SignUpPage } from './sign-up-page.js';
import { SignUpPasskeyPage } from './sign-up-passkey-page.js';

export interface SignUpRoutesPorts extends InteractionDeskPorts {
  readonly signUp: SignUpService;
  readonly signUpSteps: SignUpStepsService;
  /** Whole minutes that a mailed code is good. */
  readonly codeMinutes: number;
}

/** Where each step of a sign-up has its page. */
const pages = {
  code: '/sign-up/code',
  passkey: '/sign-up/passkey',
  codes: '/sign-up/recovery-codes',
} as const;

/** A sign-up, one decision to a page: who she is, the code from the mail, her passkey, her recovery codes. */
export function signUpRoutes(ports: SignUpRoutesPorts): Middleware {
  const routes = new SignUpRoutes(ports);
  const router = new Router({ prefix: '/interaction/:uid' });
  router.use(translateProviderErrors);
  router.get('/sign-up', (ctx) => routes.show(ctx));
  router.post('/sign-up', (ctx) => routes.begin(ctx));
  router.get(pages.code, (ctx) => routes.showCode(ctx));
  router.post(pages.code, (ctx) => routes.proveAddress(ctx));
  router.post(`${pages.code}/again`, (ctx) => routes.resend(ctx));
  router.get(pages.passkey, (ctx) => routes.showPasskey(ctx));
  router.get(pages.codes, (ctx) => routes.showCodes(ctx));
  router.post(pages.codes, (ctx) => routes.leave(ctx));
  router.post('/passkey/sign-up/options', (ctx) => routes.options(ctx));
  router.post('/passkey/sign-up/result', (ctx) => routes.result(ctx));
  return router.routes() as unknown as Middleware;
}

class SignUpRoutes {
  readonly #ports: SignUpRoutesPorts;
  readonly #desk: InteractionDesk;

  constructor(ports: SignUpRoutesPorts) {
    this.#ports = ports;
    this.#desk = new InteractionDesk(ports);
  }

  /** Name and address; also to change them, until the account is made. */
  async show(ctx: RouterContext): Promise<void> {
    const { interaction, draft } = await this.#open(ctx);
    if (draft?.step === 'codes') return this.#goTo(ctx, interaction, 'codes');
    const typed = { displayName: draft?.display_name ?? '', email: draft?.email ?? '' };
    this.#showDetails(ctx, interaction, typed);
  }

  async begin(ctx: RouterContext): Promise<void> {
    const { interaction, fields } = await this.#desk.postedForm(ctx, 'login');
    const { uid } = interaction;
    const draft = await this.#ports.signUpSteps.find(uid, heldDraft(ctx, 'sign_up'));
    if (draft?.step === 'codes') return this.#goTo(ctx, interaction, 'codes');
    const typed = { displayName: textOf(fields, 'display_name'), email: textOf(fields, 'email') };
    const visit = visitOf(ctx, this.#desk.frame(ctx, interaction).site);
    const begun = await this.#ports.signUpSteps.begin(uid, typed, visit);
    if (!begun.ok) return this.#showDetails(ctx, interaction, typed, begun.refusal.code);
    holdDraft(ctx, 'sign_up', uid, begun.value.secret);
    this.#goTo(ctx, interaction, typed.email.trim() === '' ? 'passkey' : 'code');
  }

  async showCode(ctx: RouterContext): Promise<void> {
    const { interaction, draft } = await this.#open(ctx);
    if (draft?.step !== 'code') return this.#goTo(ctx, interaction, draft?.step);
    const frame = this.#desk.frame(ctx, interaction);
    const said = mailCodeSaid(ctx.query['said'], frame.site.words);
    const step = `${frame.base}/sign-up`;
    const { codeMinutes: minutes } = this.#ports;
    showPage(ctx, MailCodePage({ ...frame, step, email: draft.email, minutes, certain: true, said }));
  }

  async proveAddress(ctx: RouterContext): Promise<void> {
    const { interaction, fields } = await this.#desk.postedForm(ctx, 'login');
    const { uid } = interaction;
    const { asker } = visitOf(ctx, this.#desk.frame(ctx, interaction).site);
    const typed = textOf(fields, 'code');
    const proven = await this.#ports.signUpSteps.proveAddress(uid, heldDraft(ctx, 'sign_up'), {
      typed,
      asker,
    });
    const outcome = mailCodeOutcome(proven);
    if (outcome.said !== undefined) return this.#goTo(ctx, interaction, 'code', outcome.said);
    if (outcome.value) holdDraft(ctx, 'sign_up', uid, outcome.value.secret);
    // Whatever step it is at by now has its page: another tab may have been first.
    this.#goTo(ctx, interaction, 'passkey');
  }

  async resend(ctx: RouterContext): Promise<void> {
    const { interaction } = await this.#desk.postedForm(ctx, 'login');
    const visit = visitOf(ctx, this.#desk.frame(ctx, interaction).site);
    const sent = await this.#ports.signUpSteps.resend(interaction.uid, heldDraft(ctx, 'sign_up'), visit);
    this.#goTo(ctx, interaction, 'code', mailCodeOutcome(sent).said ?? 'sent');
  }

  async showPasskey(ctx: RouterContext): Promise<void> {
    const { interaction, draft } = await this.#open(ctx);
    if (draft?.step !== 'passkey') return this.#goTo(ctx, interaction, draft?.step);
    const frame = this.#desk.frame(ctx, interaction);
    showPage(ctx, SignUpPasskeyPage({ ...frame, displayName: draft.display_name }));
  }

  async options(ctx: RouterContext): Promise<void> {
    const { interaction } = await this.#desk.postedJson(ctx);
    const { signUp, signUpSteps } = this.#ports;
    const profile = await signUpSteps.profile(interaction.uid, heldDraft(ctx, 'sign_up'));
    ctx.body = await signUp.begin(interaction.uid, valueOf(profile));
  }

  /** The account is made here; where she has an address, its recovery codes are shown before she goes on. */
  async result(ctx: RouterContext): Promise<void> {
    const { interaction, fields } = await this.#desk.postedJson(ctx);
    const { signUp, signUpSteps } = this.#ports;
    const { uid } = interaction;
    const secret = heldDraft(ctx, 'sign_up');
    const { email } = valueOf(await signUpSteps.profile(uid, secret));
    const { site, base } = this.#desk.frame(ctx, interaction);
    const made = await signUp.finish(uid, fields['response'], {
      locale: site.locale,
      unnamedPasskey: site.words.passkeys.unnamed,
    });
    if (!made.ok || email === undefined) {
      ctx.body = { location: await this.#desk.logIn(ctx, interaction, made) };
      return;
    }
    const kept = await signUpSteps.keepCodes(uid, secret, made.value);
    holdDraft(ctx, 'sign_up', uid, valueOf(kept).secret);
    ctx.body = { location: `${base}${pages.codes}` };
  }

  async showCodes(ctx: RouterContext): Promise<void> {
    const { interaction, draft } = await this.#open(ctx);
    if (draft?.step !== 'codes') return this.#goTo(ctx, interaction, draft?.step);
    const codes = await this.#ports.signUpSteps.shownCodes(draft);
    const frame = this.#desk.frame(ctx, interaction);
    const { redirectUri } = frame.asker;
    showPage(ctx, SignUpCodesPage({ ...frame, codes }), [redirectUri && formTarget(redirectUri)]);
  }

  /** On to the app, with the codes kept or put off. */
  async leave(ctx: RouterContext): Promise<void> {
    const { interaction, fields } = await this.#desk.postedForm(ctx, 'login');
    const { uid } = interaction;
    const kept = keptOf(fields);
    const left = valueOf(await this.#ports.signUpSteps.leave(uid, heldDraft(ctx, 'sign_up'), kept));
    holdDraft(ctx, 'sign_up', uid, left.secret);
    seeOther(ctx, await this.#desk.logIn(ctx, interaction, { ok: true, value: left }));
  }

  async #open(ctx: RouterContext) {
    const interaction = await this.#desk.open(ctx, 'login');
    const draft = await this.#ports.signUpSteps.find(interaction.uid, heldDraft(ctx, 'sign_up'));
    return { interaction, draft };
  }

  #showDetails(
    ctx: RouterContext,
    interaction: Interaction,
    typed: { displayName: string; email: string },
    refusal?: string,
  ): void {
    const frame = this.#desk.frame(ctx, interaction);
    const { signUp, mailCode } = frame.site.words;
    const problem = refusal === 'mail_code_limit' ? mailCode.said.limit : signUp.check;
    if (refusal !== undefined) ctx.status = 400;
    const { asksEmail } = this.#ports.signUpSteps;
    showPage(
      ctx,
      SignUpPage({ ...frame, asksEmail, ...typed, problem: refusal === undefined ? undefined : problem }),
    );
  }

  /** The page of a step; of the first where there is no draft. */
  #goTo(ctx: RouterContext, interaction: Interaction, step?: SignUpDraft['step'], said?: string): void {
    this.#desk.goTo(ctx, interaction, step === undefined ? '/sign-up' : pages[step], said);
  }
}

function keptOf(fields: Fields): boolean {
  const answer = fields['codes'];
  if (answer === 'kept' || answer === 'later') return answer === 'kept';
  throw refuse('request_malformed', 'codes is neither kept nor later');
}
