import type { RouterContext } from '@koa/router';
import type { DeviceId } from '../binding/device.js';
import { seeOther, textOf } from '../provider/interaction-desk-routes.js';
import { showPage } from '../provider/show-page.js';
import { type Site, siteFor } from '../web/site.js';
import type { Result } from '../lib/result.js';
import type { ConsoleCounter } from './console-counter-routes.js';
import type { Posted, Visit } from './console-desk-routes.js';
import type { ConsolePorts } from './console-ports.js';
import { CutHerePage, DevicePage } from './device-page.js';
import { DevicesPage } from './devices-page.js';

type Ports = Pick<ConsolePorts, 'cuttingOff' | 'ownDevices'> & { readonly site: Site };

/** Devices and sessions, and how they are cut off. */
export class DevicesRoutes {
  readonly #counter: ConsoleCounter;
  readonly #ports: Ports;

  constructor(counter: ConsoleCounter, ports: Ports) {
    this.#counter = counter;
    this.#ports = ports;
  }

  async list(ctx: RouterContext): Promise<void> {
    const visit = await this.#counter.desk.open(ctx);
    if (!visit) return;
    const own = await this.#own(visit);
    const context = this.#counter.context(ctx, visit);
    showPage(ctx, DevicesPage({ context, own, sessionUid: visit.session.uid }));
  }

  async show(ctx: RouterContext): Promise<void> {
    const visit = await this.#counter.desk.open(ctx);
    if (!visit) return;
    const device = (await this.#own(visit)).devices.find(({ id }) => id === ctx.params['id']);
    if (!device) return this.#counter.problem(ctx, { code: 'device_gone' });
    const ability = await this.#counter.ability(visit);
    const context = this.#counter.context(ctx, visit);
    showPage(ctx, DevicePage({ context, device, ability, sessionUid: visit.session.uid }));
  }

  async rename(ctx: RouterContext): Promise<void> {
    const posted = await this.#counter.desk.postedForm(ctx);
    if (!posted) return;
    const renamed = await this.#ports.ownDevices.rename(
      posted.account.id,
      idOf(ctx),
      textOf(posted.fields, 'name'),
    );
    if (renamed.ok) this.#counter.done(ctx, 'passkey_renamed', pathOf(ctx));
    else this.#refused(ctx, renamed);
  }

  async cutOff(ctx: RouterContext): Promise<void> {
    const posted = await this.#counter.desk.postedForm(ctx);
    if (!posted) return;
    const cut = await this.#ports.ownDevices.cutOff(posted.account.id, idOf(ctx));
    if (!cut.ok) return this.#refused(ctx, cut);
    const here = cut.value.includes(posted.session.uid);
    this.#counter.done(ctx, 'device_cut_off', here ? cutHerePath : '/account');
  }

  async disown(ctx: RouterContext): Promise<void> {
    const posted = await this.#counter.desk.postedForm(ctx);
    if (!posted) return;
    const disowned = await this.#disowned(ctx, posted);
    if (!disowned.ok) return this.#refused(ctx, disowned);
    if (disowned.value.includes(posted.session.uid)) this.#counter.done(ctx, 'device_cut_off', cutHerePath);
    else this.#counter.done(ctx, 'device_disowned');
  }

  async cutOffSession(ctx: RouterContext): Promise<void> {
    const posted = await this.#counter.desk.postedForm(ctx);
    if (!posted) return;
    const ended = await this.#ports.cuttingOff.cutOff(posted.account.id, textOf(posted.fields, 'session'));
    if (!ended.ok) return this.#counter.problem(ctx, ended.refusal);
    const here = ended.value === posted.session.uid;
    this.#counter.done(ctx, 'device_cut_off', here ? cutHerePath : '/account');
  }

  /** Only right after it happened: no link shows a person that she is cut off. */
  showCutHere(ctx: RouterContext): void {
    if (!this.#counter.tookMessage(ctx, 'device_cut_off')) return seeOther(ctx, '/account');
    showPage(ctx, CutHerePage({ site: siteFor(this.#ports.site, ctx.req.headers) }));
  }

  async #disowned(ctx: RouterContext, posted: Posted): Promise<Result<readonly string[]>> {
    const { ownDevices } = this.#ports;
    const id = idOf(ctx);
    if (textOf(posted.fields, 'confirmation') === '')
      return await ownDevices.disown(posted.account.id, id, undefined);
    const confirmed = await this.#counter.confirmed(ctx, posted, 'disown_device', id);
    return confirmed.ok ? await ownDevices.disown(posted.account.id, id, confirmed.value) : confirmed;
  }

  #own({ account, session }: Visit) {
    return this.#ports.ownDevices.list(account.id, session.uid);
  }

  #refused(ctx: RouterContext, result: Result<unknown>): void {
    if (result.ok) return;
    const { refusal } = result;
    this.#counter.problem(ctx, refusal, refusal.code === 'device_gone' ? '/account' : pathOf(ctx));
  }
}

const cutHerePath = '/account/cut-off';

function idOf(ctx: RouterContext): DeviceId {
  return String(ctx.params['id']) as DeviceId;
}

function pathOf(ctx: RouterContext): string {
  return `/account/devices/${encodeURIComponent(idOf(ctx))}`;
}
