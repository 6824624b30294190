import type { RouterContext } from '@koa/router';
import type { AccountId } from '../accounts/account.js';
import { refuse } from '../lib/refusal.js';
import { formTarget } from '../web/content-security-policy.js';
import type { Site } from '../web/site.js';
import { fingerprintOf } from '../stepup/approval-challenge.js';
import { meetsDemand } from './acr-demand.js';
import { ApprovalPage } from './approval-page.js';
import { approvalSubjectOf, isAtApproval, type ModelCallSubject } from './approval-subject.js';
import { grantConsent, withMissing } from './consent-grant.js';
import { type InteractionDesk, seeOther, textOf, valueOf } from './interaction-desk-routes.js';
import type { InteractionPorts } from './interaction-ports.js';
import type { Interaction } from './interaction.js';
import { asksFor } from './scope-words.js';
import { showPage } from './show-page.js';

type Ports = InteractionPorts & { readonly site: Site };

/** The approval of calls of models, in place of consent and, where it is due, of login. */
export class ApprovalRoutes {
  readonly #ports: Ports;
  readonly #desk: InteractionDesk;

  constructor(ports: Ports, desk: InteractionDesk) {
    this.#ports = ports;
    this.#desk = desk;
  }

  async show(ctx: RouterContext, interaction: Interaction): Promise<void> {
    const { approval, clock, heldUntil } = this.#ports;
    const subject = this.#subject(interaction);
    const frame = this.#desk.frame(ctx, interaction);
    const page = ApprovalPage({
      ...frame,
      subject,
      tier: this.#titleOf(subject),
      askedAt: interaction.startedAt,
      now: clock.now(),
      abilities: await this.#abilities(ctx, interaction),
      ability: await approval.ability(subject),
      heldUntil: await heldUntil(subject.accountId),
    });
    showPage(ctx, page, [frame.asker.redirectUri && formTarget(frame.asker.redirectUri)]);
  }

  async options(ctx: RouterContext): Promise<void> {
    const { interaction, fields } = await this.#desk.postedJson(ctx, 'any');
    const subject = this.#subject(interaction);
    // Threat 16: she signs what she has read, also where the page was open while tiers or names changed.
    if (textOf(fields, 'seen') !== fingerprintOf(subject)) {
      throw refuse('approval_changed', 'the page showed something else');
    }
    ctx.body = valueOf(await this.#ports.approval.begin(subject));
  }

  async result(ctx: RouterContext): Promise<void> {
    const { interaction, fields } = await this.#desk.postedJson(ctx, 'any');
    const { provider, config, events, log, approval, approvals, clock } = this.#ports;
    const subject = this.#subject(interaction);
    const given = valueOf(await approval.finish(subject, fields['response']));
    const { accountId, clientId, clientName: app } = subject;
    if (!meetsDemand(interaction, given.authentication.acr)) {
      // Her yes is good for nothing then, so none stays.
      await approvals.revoke(accountId, { id: given.approval.id }, new Date(clock.now()));
      ctx.body = { location: await this.#desk.unmet(ctx) };
      return;
    }
    const asking = await withMissing(provider, interaction, config.resources);
    const grantId = await grantConsent(provider, asking);
    events.consentGiven({ accountId, clientId, grantId });
    await log.record(accountId, 'calls_approved', { app, title: this.#titleOf(subject) });
    const login = await this.#desk.loggedIn(ctx, interaction, given.authentication);
    // oidc-provider keeps the result on the server: what is approved never travels through the browser.
    const result = { ...login, consent: { grantId }, approval: { id: given.approval.id } };
    ctx.body = { location: await this.#desk.finish(ctx, result, true) };
  }

  /** "I didn't ask for this": whoever asks in her name loses all that the client has from her (threat 15). */
  async notMe(ctx: RouterContext): Promise<void> {
    const { interaction } = await this.#desk.postedForm(ctx);
    const { cutOff, clock, events, transaction } = this.#ports;
    // Not by the subject: she can say so as well of a request that can't be approved any more.
    const { accountId, clientId } = disowned(interaction);
    await transaction.run(() => cutOff(accountId, clientId, new Date(clock.now())));
    events.requestDisowned({ accountId, clientId });
    const denied = { error: 'access_denied', error_description: 'the person did not ask for this' };
    seeOther(ctx, await this.#desk.finish(ctx, denied, false));
  }

  /** Only what she has not allowed before; nothing, where she has allowed all. */
  async #abilities(ctx: RouterContext, interaction: Interaction): Promise<readonly string[]> {
    const { provider, config, tiers } = this.#ports;
    const { site } = this.#desk.frame(ctx, interaction);
    const asking = await withMissing(provider, interaction, config.resources);
    return asking.prompt.details['missingOIDCScope'] ||
      asking.prompt.details['missingOIDCClaims'] ||
      asking.prompt.details['missingResourceScopes']
      ? asksFor(asking, config.resources, tiers.current, site).abilities
      : [];
  }

  #titleOf({ modelCall: { tier } }: ModelCallSubject): string {
    return this.#ports.tiers.current.find(({ id }) => id === tier)?.title ?? tier;
  }

  #subject(interaction: Interaction): ModelCallSubject {
    return approvalSubjectOf(interaction, this.#ports);
  }
}

function disowned(interaction: Interaction): { accountId: AccountId; clientId: string } {
  const { accountId, client } = interaction;
  if (accountId === undefined || !isAtApproval(interaction)) {
    throw refuse('interaction_gone', 'nothing is to be approved');
  }
  return { accountId: accountId as AccountId, clientId: client.clientId };
}
