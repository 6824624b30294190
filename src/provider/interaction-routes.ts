import Router, { type RouterContext } from '@koa/router';
import type { Middleware } from 'koa';
import type { Authentication } from '../accounts/authentication.js';
import { readProfile } from '../accounts/profile.js';
import { readForm } from '../http/form-body.js';
import { readJson } from '../http/json-body.js';
import { isRecord } from '../lib/json.js';
import { refuse } from '../lib/refusal.js';
import type { Result } from '../lib/result.js';
import { formTarget } from '../web/content-security-policy.js';
import type { Site } from '../web/site.js';
import { meetsDemand } from './acr-demand.js';
import { askerOf } from './asker.js';
import { grantConsent } from './consent-grant.js';
import { ConsentPage } from './consent-page.js';
import { rememberFinish } from './finishing-browser.js';
import { translateProviderErrors } from './interaction-errors.js';
import type { InteractionPorts } from './interaction-ports.js';
import { interactionToken, isInteractionToken } from './interaction-token.js';
import { type Interaction, openInteraction } from './interaction.js';
import { LoginPage } from './login-page.js';
import { foreignPost } from './same-origin-post.js';
import { abilitiesOf, askedFor, limitsOf } from './scope-words.js';
import { showPage } from './show-page.js';
import { SignUpPage } from './sign-up-page.js';

type Fields = Readonly<Record<string, unknown>>;

/** The person's way through a sign-in: log in or sign up, then consent. */
export function interactionRoutes(ports: InteractionPorts & { readonly site: Site }): Middleware {
  const routes = new InteractionRoutes(ports);
  const router = new Router({ prefix: '/interaction/:uid' });
  router.use(translateProviderErrors);
  router.get('/', (ctx) => routes.show(ctx));
  router.post('/', (ctx) => routes.answer(ctx));
  router.post('/deny', (ctx) => routes.deny(ctx));
  router.get('/sign-up', (ctx) => routes.showSignUp(ctx));
  router.post('/sign-up', (ctx) => routes.signUpWithoutScript(ctx));
  router.post('/passkey/sign-in/options', (ctx) => routes.signInOptions(ctx));
  router.post('/passkey/sign-in/result', (ctx) => routes.signInResult(ctx));
  router.post('/passkey/sign-up/options', (ctx) => routes.signUpOptions(ctx));
  router.post('/passkey/sign-up/result', (ctx) => routes.signUpResult(ctx));
  return router.routes() as unknown as Middleware;
}

class InteractionRoutes {
  readonly #ports: InteractionPorts & { readonly site: Site };

  constructor(ports: InteractionPorts & { readonly site: Site }) {
    this.#ports = ports;
  }

  async show(ctx: RouterContext): Promise<void> {
    const interaction = await this.#open(ctx);
    const { site, testLogin, config } = this.#ports;
    const asker = askerOf(interaction);
    const common = { site, asker, ...this.#address(interaction) };
    const asked = askedFor(interaction, config.resources);
    const page =
      interaction.prompt.name === 'consent'
        ? ConsentPage({ ...common, abilities: abilitiesOf(asked), limits: limitsOf(asked) })
        : LoginPage({ ...common, testLogin: testLogin.allowed });
    showPage(ctx, page, [asker.redirectUri && formTarget(asker.redirectUri)]);
  }

  async showSignUp(ctx: RouterContext): Promise<void> {
    const interaction = await this.#open(ctx, 'login');
    const asker = askerOf(interaction);
    showPage(ctx, SignUpPage({ site: this.#ports.site, asker, ...this.#address(interaction) }));
  }

  /** The form of the sign-up page reaches us only where its script didn't run; the page says what is missing. */
  async signUpWithoutScript(ctx: RouterContext): Promise<void> {
    await this.#postedForm(ctx, 'login');
    await this.showSignUp(ctx);
  }

  /** Consent, or at the login prompt the test login. Only a post of our own page gets here: a GET approves nothing. */
  async answer(ctx: RouterContext): Promise<void> {
    const { interaction, fields } = await this.#postedForm(ctx);
    if (interaction.prompt.name === 'consent') await this.#allow(ctx, interaction, fields);
    else await this.#testLogin(ctx, interaction, fields);
  }

  async deny(ctx: RouterContext): Promise<void> {
    const { interaction } = await this.#postedForm(ctx);
    const { events } = this.#ports;
    const { accountId, client } = interaction;
    events.consentRefused({ accountId, clientId: client.clientId });
    const denied = { error: 'access_denied', error_description: 'the person did not allow it' };
    seeOther(ctx, await this.#finish(ctx, denied, false));
  }

  async signInOptions(ctx: RouterContext): Promise<void> {
    const { interaction } = await this.#postedJson(ctx);
    ctx.body = await this.#ports.signIn.begin(interaction.uid);
  }

  async signInResult(ctx: RouterContext): Promise<void> {
    const { interaction, fields } = await this.#postedJson(ctx);
    const result = await this.#ports.signIn.finish(interaction.uid, fields['response']);
    ctx.body = { location: await this.#logIn(ctx, interaction, result) };
  }

  async signUpOptions(ctx: RouterContext): Promise<void> {
    const { interaction, fields } = await this.#postedJson(ctx);
    const profile = valueOf(readProfile({ displayName: fields['display_name'], login: fields['login'] }));
    ctx.body = await this.#ports.signUp.begin(interaction.uid, profile);
  }

  async signUpResult(ctx: RouterContext): Promise<void> {
    const { interaction, fields } = await this.#postedJson(ctx);
    const result = await this.#ports.signUp.finish(interaction.uid, fields['response']);
    ctx.body = { location: await this.#logIn(ctx, interaction, result) };
  }

  async #allow(ctx: RouterContext, interaction: Interaction, fields: Fields): Promise<void> {
    const { provider, events } = this.#ports;
    if (fields['decision'] !== 'allow') throw refuse('request_malformed', 'decision is not allow');
    const grantId = await grantConsent(provider, interaction);
    const { accountId, client } = interaction;
    events.consentGiven({ accountId, clientId: client.clientId, grantId });
    // The result holds again who signed in a step before.
    if (accountId !== undefined) {
      rememberFinish(ctx, this.#ports.interactionKey, { uid: interaction.uid, accountId });
    }
    seeOther(ctx, await this.#finish(ctx, { consent: { grantId } }, true));
  }

  async #testLogin(ctx: RouterContext, interaction: Interaction, fields: Fields): Promise<void> {
    const { testLogin, events } = this.#ports;
    const result = await testLogin.signIn(textOf(fields, 'login'), textOf(fields, 'acr'));
    if (result.ok) {
      events.testLoginUsed({ accountId: result.value.accountId, clientId: interaction.client.clientId });
    }
    seeOther(ctx, await this.#logIn(ctx, interaction, result));
  }

  /** Law 5: acr, amr and the time come from our own verification alone. Returns where the browser goes next. */
  async #logIn(
    ctx: RouterContext,
    interaction: Interaction,
    result: Result<Authentication>,
  ): Promise<string> {
    const { accountId, acr, amr, authTime } = valueOf(result);
    if (!meetsDemand(interaction, acr)) {
      const error_description = 'the sign-in was weaker than the essential acr demands';
      return await this.#finish(
        ctx,
        { error: 'unmet_authentication_requirements', error_description },
        false,
      );
    }
    rememberFinish(ctx, this.#ports.interactionKey, { uid: interaction.uid, accountId });
    return await this.#finish(ctx, { login: { accountId, acr, amr: [...amr], ts: authTime } }, false);
  }

  async #finish(ctx: RouterContext, result: Fields, mergeWithLastSubmission: boolean): Promise<string> {
    return await this.#ports.provider.interactionResult(ctx.req, ctx.res, result, {
      mergeWithLastSubmission,
    });
  }

  async #open(ctx: RouterContext, prompt?: string): Promise<Interaction> {
    const uid: unknown = ctx.params['uid'];
    const interaction = await openInteraction(this.#ports.provider, ctx, String(uid));
    if (prompt !== undefined && interaction.prompt.name !== prompt) {
      throw refuse('interaction_gone', `the interaction is at its ${interaction.prompt.name} step`);
    }
    return interaction;
  }

  async #postedForm(ctx: RouterContext, prompt?: string) {
    this.#demandOwnPage(ctx);
    const fields = Object.fromEntries(valueOf(readForm(ctx.req)));
    const interaction = await this.#open(ctx, prompt);
    this.#demandToken(interaction, fields);
    return { interaction, fields };
  }

  async #postedJson(ctx: RouterContext) {
    this.#demandOwnPage(ctx);
    const fields = objectOf(valueOf(readJson(ctx.req)));
    const interaction = await this.#open(ctx, 'login');
    this.#demandToken(interaction, fields);
    ctx.set('Cache-Control', 'no-store');
    return { interaction, fields };
  }

  /** Threat 22: a form that another site sends is refused before it is read. */
  #demandOwnPage(ctx: RouterContext): void {
    const foreign = foreignPost(ctx.req.headers, this.#ports.site.origin);
    if (foreign === undefined) return;
    this.#ports.events.crossSiteForm({ detail: foreign });
    throw refuse('cross_site_form', foreign);
  }

  #demandToken(interaction: Interaction, fields: Fields): void {
    if (isInteractionToken(this.#ports.interactionKey, interaction.uid, textOf(fields, 'csrf'))) return;
    throw refuse('cross_site_form', 'the token of the form is missing or of another interaction');
  }

  #address({ uid }: Interaction): { base: string; csrf: string } {
    return { base: `/interaction/${uid}`, csrf: interactionToken(this.#ports.interactionKey, uid) };
  }
}

function objectOf(json: unknown): Fields {
  if (isRecord(json)) return json;
  throw refuse('request_malformed', 'the body is no JSON object');
}

/** A field's text; empty when it is missing or no text. */
function textOf(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}

function valueOf<Value>(result: Result<Value>): Value {
  if (result.ok) return result.value;
  throw refuse(result.refusal.code, result.refusal.detail);
}

/** RFC 9700 §4.12: 303 after a post, never 307, which would send the form on to the client. */
function seeOther(ctx: RouterContext, location: string): void {
  ctx.redirect(location);
  ctx.status = 303;
}
