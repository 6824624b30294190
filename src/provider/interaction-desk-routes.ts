import type { RouterContext } from '@koa/router';
import type { Provider } from 'oidc-provider';
import type { Authentication } from '../accounts/authentication.js';
import type { KnownBrowserService } from '../accounts/known-browser-service.js';
import type { SignInDeviceService } from '../binding/sign-in-device-service.js';
import { readForm } from '../http/form-body.js';
import { readJson } from '../http/json-body.js';
import { isRecord } from '../lib/json.js';
import { RefusalError, refuse } from '../lib/refusal.js';
import type { Result } from '../lib/result.js';
import type { SecurityEvents } from '../observability/events.js';
import { type Site, siteFor } from '../web/site.js';
import { meetsDemand } from './acr-demand.js';
import { type Asker, askerOf } from './asker.js';
import { rememberFinish } from './finishing-browser.js';
import { interactionToken, isInteractionToken } from './interaction-token.js';
import { keepBrowser, presentedBrowser } from './known-browser-cookie.js';
import { type Interaction, openInteraction } from './interaction.js';
import { foreignPost } from '../http/same-origin-post.js';

export type Fields = Readonly<Record<string, unknown>>;

export interface InteractionDeskPorts {
  /** The instance that the routes are attached to. */
  readonly provider: Provider;
  readonly site: Site;
  /** deriveKey(master, 'interaction form') */
  readonly interactionKey: Uint8Array;
  readonly events: Pick<SecurityEvents, 'crossSiteForm'>;
  readonly signInDevices: Pick<SignInDeviceService, 'signedIn'>;
  readonly knownBrowsers: Pick<KnownBrowserService, 'signedIn'>;
}

/** What every page of an interaction is made with. */
export interface PageFrame {
  readonly site: Site;
  readonly asker: Asker;
  /** Path of the interaction. */
  readonly base: string;
  readonly csrf: string;
}

/** What every route of an interaction does alike: find it, believe a post of our own page only, end it. */
export class InteractionDesk {
  readonly #ports: InteractionDeskPorts;

  constructor(ports: InteractionDeskPorts) {
    this.#ports = ports;
  }

  /** The interaction of this request. Throws `interaction_gone` when there is none, or it is at another prompt. */
  async open(ctx: RouterContext, prompt?: string): Promise<Interaction> {
    const uid: unknown = ctx.params['uid'];
    const interaction = await openInteraction(this.#ports.provider, ctx, String(uid));
    if (prompt !== undefined && interaction.prompt.name !== prompt) {
      throw refuse('interaction_gone', `the interaction is at its ${interaction.prompt.name} step`);
    }
    return interaction;
  }

  async postedForm(ctx: RouterContext, prompt?: string) {
    this.#demandOwnPage(ctx);
    const fields: Fields = Object.fromEntries(valueOf(readForm(ctx.req)));
    const interaction = await this.open(ctx, prompt);
    this.#demandToken(interaction, fields);
    return { interaction, fields };
  }

  /** From a script of our page; at the login prompt, unless the caller looks at the prompt itself. */
  async postedJson(ctx: RouterContext, prompt: 'login' | 'any' = 'login') {
    this.#demandOwnPage(ctx);
    const fields = objectOf(valueOf(readJson(ctx.req)));
    const interaction = await this.open(ctx, prompt === 'any' ? undefined : prompt);
    this.#demandToken(interaction, fields);
    ctx.set('Cache-Control', 'no-store');
    return { interaction, fields };
  }

  /** Law 5: acr, amr and the time come from our own verification alone. Returns where the browser goes next. */
  async logIn(ctx: RouterContext, interaction: Interaction, result: Result<Authentication>): Promise<string> {
    const authentication = valueOf(result);
    if (!meetsDemand(interaction, authentication.acr)) return await this.unmet(ctx);
    return await this.finish(ctx, await this.loggedIn(ctx, interaction, authentication), false);
  }

  /** A login that stays weaker than what is demanded ends, rather than going round in circles. */
  unmet(ctx: RouterContext): Promise<string> {
    const error_description = 'the sign-in was weaker than the request demands';
    return this.finish(ctx, { error: 'unmet_authentication_requirements', error_description }, false);
  }

  /** What the result of an interaction says of a login, once her browser knows that it was she. */
  async loggedIn(
    ctx: RouterContext,
    interaction: Interaction,
    { accountId, accountGeneration, acr, amr, authTime }: Authentication,
  ) {
    keepBrowser(ctx, await this.#ports.signInDevices.signedIn(accountId, presentedBrowser(ctx)));
    this.rememberFinish(ctx, interaction, accountId);
    return { login: { accountId, accountGeneration, acr, amr: [...amr], ts: authTime } };
  }

  /** Decision 0011: to be called wherever the result that is handed to `finish` holds who signed in. */
  rememberFinish(ctx: RouterContext, { uid }: Interaction, accountId: string): void {
    rememberFinish(ctx, this.#ports.interactionKey, { uid, accountId });
  }

  async finish(ctx: RouterContext, result: Fields, mergeWithLastSubmission: boolean): Promise<string> {
    return await this.#ports.provider.interactionResult(ctx.req, ctx.res, result, {
      mergeWithLastSubmission,
    });
  }

  /** In the language of the person. */
  frame(ctx: RouterContext, interaction: Interaction): PageFrame {
    const site = siteFor(this.#ports.site, ctx.headers, interaction.params['ui_locales']);
    return { site, asker: askerOf(interaction, site.words), ...this.address(interaction) };
  }

  /** Where the pages of the interaction are, and the token that their forms send back. */
  address({ uid }: Interaction): { base: string; csrf: string } {
    return { base: `/interaction/${uid}`, csrf: interactionToken(this.#ports.interactionKey, uid) };
  }

  /** @param said what the page is to say first */
  goTo(ctx: RouterContext, interaction: Interaction, page: string, said?: string): void {
    const { base } = this.address(interaction);
    seeOther(ctx, `${base}${page}${said === undefined ? '' : `?said=${said}`}`);
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
}

/** A field's text; empty when it is missing or no text. */
export function textOf(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}

/** An expected refusal leaves by throwing here, at Koa's edge. */
export function valueOf<Value>(result: Result<Value>): Value {
  if (result.ok) return result.value;
  throw new RefusalError(result.refusal);
}

/** RFC 9700 §4.12: 303 after a post, never 307, which would send the form on to the client. */
export function seeOther(ctx: RouterContext, location: string): void {
  ctx.redirect(location);
  ctx.status = 303;
}

function objectOf(json: unknown): Fields {
  if (isRecord(json)) return json;
  throw refuse('request_malformed', 'the body is no JSON object');
}
