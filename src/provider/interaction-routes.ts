import Router, { type RouterContext } from '@koa/router';
import type { Middleware } from 'koa';
import type { AccountId } from '../accounts/account.js';
import { hardwareAcr, weakestAcr } from '../accounts/authentication.js';
import { refuse } from '../lib/refusal.js';
import { formTarget } from '../web/content-security-policy.js';
import { type Site, siteFor } from '../web/site.js';
import { meetsDemand } from './acr-demand.js';
import { ApprovalRoutes } from './approval-routes.js';
import { asksForApproval, isAtApproval } from './approval-subject.js';
import { askerOf, clientName } from './asker.js';
import { grantConsent } from './consent-grant.js';
import { ConsentPage } from './consent-page.js';
import { type Fields, InteractionDesk, seeOther, textOf } from './interaction-desk-routes.js';
import { translateProviderErrors } from './interaction-errors.js';
import type { InteractionPorts } from './interaction-ports.js';
import type { Interaction } from './interaction.js';
import { type KnownPerson, LoginPage } from './login-page.js';
import { asksSamePerson } from './login-policy.js';
import { asksFor } from './scope-words.js';
import { showPage } from './show-page.js';

/** The person's way through a sign-in: log in or sign up, then consent. */
export function interactionRoutes(ports: InteractionPorts & { readonly site: Site }): Middleware {
  const routes = new InteractionRoutes(ports);
  const router = new Router({ prefix: '/interaction/:uid' });
  router.use(translateProviderErrors);
  router.get('/', (ctx) => routes.show(ctx));
  router.post('/', (ctx) => routes.answer(ctx));
  router.post('/deny', (ctx) => routes.deny(ctx));
  router.post('/not-me', (ctx) => routes.approval.notMe(ctx));
  router.post('/approval/options', (ctx) => routes.approval.options(ctx));
  router.post('/approval/result', (ctx) => routes.approval.result(ctx));
  router.post('/passkey/sign-in/options', (ctx) => routes.signInOptions(ctx));
  router.post('/passkey/sign-in/result', (ctx) => routes.signInResult(ctx));
  return router.routes() as unknown as Middleware;
}

class InteractionRoutes {
  readonly #ports: InteractionPorts & { readonly site: Site };
  readonly #desk: InteractionDesk;
  readonly approval: ApprovalRoutes;

  constructor(ports: InteractionPorts & { readonly site: Site }) {
    this.#ports = ports;
    this.#desk = new InteractionDesk(ports);
    this.approval = new ApprovalRoutes(ports, this.#desk);
  }

  async show(ctx: RouterContext): Promise<void> {
    const interaction = await this.#desk.open(ctx);
    if (isAtApproval(interaction)) return await this.approval.show(ctx, interaction);
    const { testLogin, config, tiers } = this.#ports;
    const site = siteFor(this.#ports.site, ctx.headers, interaction.params['ui_locales']);
    const asker = askerOf(interaction, site.words);
    const common = { site, asker, ...this.#desk.address(interaction) };
    const page =
      interaction.prompt.name === 'consent'
        ? ConsentPage({
            ...common,
            person: await this.#ports.nameOf(interaction.accountId),
            ...asksFor(interaction, config.resources, tiers.current, site),
          })
        : LoginPage({
            ...common,
            testLogin: testLogin.allowed,
            recovery: this.#ports.mailer.available && meetsDemand(interaction, weakestAcr),
            upstream: config.upstream_providers.filter(({ acr }) => meetsDemand(interaction, acr)),
            demand: interaction.demand,
            known: await this.#knownPerson(interaction),
          });
    showPage(ctx, page, [asker.redirectUri && formTarget(asker.redirectUri)]);
  }

  async #knownPerson(interaction: Interaction): Promise<KnownPerson | undefined> {
    const { accountId, demand } = interaction;
    if (accountId === undefined || !asksSamePerson(interaction)) return undefined;
    const { nameOf, passkeys } = this.#ports;
    const readiness = await passkeys.stepUpReadiness(accountId as AccountId, demand === hardwareAcr);
    return { name: await nameOf(accountId), readiness };
  }

  /** Consent, or at the login prompt the test login. Only a post of our own page gets here: a GET approves nothing. */
  async answer(ctx: RouterContext): Promise<void> {
    const { interaction, fields } = await this.#desk.postedForm(ctx);
    if (interaction.prompt.name === 'consent') await this.#allow(ctx, interaction, fields);
    // The e-mail form, from a page whose script did not run: passkeys need it, and the page says so.
    else if (!('login' in fields)) await this.show(ctx);
    else await this.#testLogin(ctx, interaction, fields);
  }

  async deny(ctx: RouterContext): Promise<void> {
    const { interaction } = await this.#desk.postedForm(ctx);
    const { events } = this.#ports;
    const { accountId, client } = interaction;
    events.consentRefused({ accountId, clientId: client.clientId });
    const denied = { error: 'access_denied', error_description: 'the person did not allow it' };
    seeOther(ctx, await this.#desk.finish(ctx, denied, false));
  }

  async signInOptions(ctx: RouterContext): Promise<void> {
    const { interaction } = await this.#desk.postedJson(ctx);
    ctx.body = await this.#ports.signIn.begin(interaction.uid);
  }

  async signInResult(ctx: RouterContext): Promise<void> {
    const { interaction, fields } = await this.#desk.postedJson(ctx);
    const result = await this.#ports.signIn.finish(interaction.uid, fields['response']);
    const location = await this.#desk.logIn(ctx, interaction, result);
    const signals = result.ok ? await this.#ports.passkeys.signals(result.value.accountId) : undefined;
    ctx.body = { location, signals };
  }

  async #allow(ctx: RouterContext, interaction: Interaction, fields: Fields): Promise<void> {
    const { provider, events } = this.#ports;
    // Threat 18: a session, stolen or left open, is not enough to approve what costs money.
    if (asksForApproval(interaction)) throw refuse('confirmation_needed', 'an approval takes a passkey');
    if (fields['decision'] !== 'allow') throw refuse('request_malformed', 'decision is not allow');
    const grantId = await grantConsent(provider, interaction);
    const { accountId, client } = interaction;
    events.consentGiven({ accountId, clientId: client.clientId, grantId });
    // The result holds again who signed in a step before.
    if (accountId !== undefined) {
      const app = clientName(client);
      await this.#ports.log.record(accountId as AccountId, 'app_connected', { app });
      this.#desk.rememberFinish(ctx, interaction, accountId);
    }
    seeOther(ctx, await this.#desk.finish(ctx, { consent: { grantId } }, true));
  }

  async #testLogin(ctx: RouterContext, interaction: Interaction, fields: Fields): Promise<void> {
    const { testLogin, events } = this.#ports;
    const result = await testLogin.signIn(textOf(fields, 'login'), textOf(fields, 'acr'));
    if (result.ok) {
      events.testLoginUsed({ accountId: result.value.accountId, clientId: interaction.client.clientId });
    }
    seeOther(ctx, await this.#desk.logIn(ctx, interaction, result));
  }
}
