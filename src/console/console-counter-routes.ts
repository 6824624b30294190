import type { RouterContext } from '@koa/router';
import type { Confirmation, ConfirmableAction } from '../accounts/confirmation.js';
import { parseJson } from '../lib/json.js';
import type { RefusalCode } from '../lib/refusal.js';
import { refused, type Result } from '../lib/result.js';
import { renewSessionId } from '../provider/browser-session.js';
import { seeOther } from '../provider/interaction-desk-routes.js';
import type { Provider } from '../provider/provider-route.js';
import { type ConfirmAbility, confirmAbility } from './confirm-ability.js';
import type { ConsoleDesk, Posted, Visit } from './console-desk-routes.js';
import type { ConsoleContext } from './console-page.js';
import type { ConsolePorts } from './console-ports.js';
import { StatusMessages } from './status-message-routes.js';

/** What every change of the account does alike: be confirmed, and say on the next page what came of it. */
export class ConsoleCounter {
  readonly desk: ConsoleDesk;
  readonly #ports: ConsolePorts;
  readonly #provider: Provider;
  readonly #messages: StatusMessages;

  constructor(desk: ConsoleDesk, ports: ConsolePorts, provider: Provider) {
    this.desk = desk;
    this.#ports = ports;
    this.#provider = provider;
    this.#messages = new StatusMessages(ports);
  }

  /** What a page needs; takes the message of the last answer. */
  context(ctx: RouterContext, { site, account, csrf }: Visit): ConsoleContext {
    return { site, account, csrf, status: this.#messages.take(ctx), now: this.#ports.clock.now() };
  }

  async ability({ account }: Visit): Promise<ConfirmAbility> {
    return confirmAbility(await this.#ports.passkeys.list(account.id));
  }

  /** The confirmation that came with the form. Threat 20: with it the session gets another id. */
  async confirmed(
    ctx: RouterContext,
    { account, session, fields }: Posted,
    action: ConfirmableAction,
    target = '',
  ): Promise<Result<Confirmation>> {
    const { confirmation } = fields;
    if (confirmation === undefined || confirmation === '')
      return refused('confirmation_needed', `${action} without an assertion`);
    const subject = { accountId: account.id, sessionUid: session.uid, action, target };
    const confirmed = await this.#ports.confirmation.finish(subject, assertionOf(confirmation));
    if (confirmed.ok) await renewSessionId(this.#provider, ctx, this.#ports);
    return confirmed;
  }

  done(ctx: RouterContext, code: string, location = '/account'): void {
    this.#messages.leave(ctx, { kind: 'done', code });
    seeOther(ctx, location);
  }

  /** Back to where she was, with the reason in her words. */
  problem(ctx: RouterContext, { code }: { readonly code: RefusalCode }, location = '/account'): void {
    this.#messages.leave(ctx, { kind: 'problem', code });
    seeOther(ctx, location);
  }

  /** For the page after the last one of a session: whether it was really reached so. */
  tookMessage(ctx: RouterContext, code: string): boolean {
    return this.#messages.take(ctx)?.code === code;
  }
}

/** In a form it is JSON in a field, in JSON it is there itself. */
function assertionOf(confirmation: unknown): unknown {
  return typeof confirmation === 'string' ? parseJson(Buffer.from(confirmation)) : confirmation;
}
