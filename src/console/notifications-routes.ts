import type { RouterContext } from '@koa/router';
import { parseJson } from '../lib/json.js';
import { textOf } from '../provider/interaction-desk-routes.js';
import type { ConsoleCounter } from './console-counter-routes.js';
import type { ConsolePorts } from './console-ports.js';

/** Notifications in this browser: on, and off in any. */
export class NotificationsRoutes {
  readonly #counter: ConsoleCounter;
  readonly #ports: Pick<ConsolePorts, 'push'>;

  constructor(counter: ConsoleCounter, ports: Pick<ConsolePorts, 'push'>) {
    this.#counter = counter;
    this.#ports = ports;
  }

  async turnOn(ctx: RouterContext): Promise<void> {
    const posted = await this.#counter.desk.postedForm(ctx);
    if (!posted) return;
    const subscription = parseJson(Buffer.from(textOf(posted.fields, 'subscription')));
    const turnedOn = await this.#ports.push.turnOn(posted.account.id, subscription);
    if (turnedOn.ok) this.#counter.done(ctx, 'notifications_on');
    else this.#counter.problem(ctx, turnedOn.refusal);
  }

  async turnOff(ctx: RouterContext): Promise<void> {
    const posted = await this.#counter.desk.postedForm(ctx);
    if (!posted) return;
    await this.#ports.push.turnOff(posted.account.id, textOf(posted.fields, 'browser'));
    this.#counter.done(ctx, 'notifications_off');
  }
}
