import Router from '@koa/router';
import type { Middleware } from 'koa';
import { translateProviderErrors } from '../provider/interaction-errors.js';
import { ConsoleCounter } from './console-counter-routes.js';
import { ConsoleDesk, type ConsoleDeskPorts } from './console-desk-routes.js';
import type { ConsolePorts } from './console-ports.js';
import { DevicesRoutes } from './devices-routes.js';
import { doorway } from './doorway-routes.js';
import { EmailRoutes } from './email-routes.js';
import { LeavingRoutes } from './leaving-routes.js';
import { NotificationsRoutes } from './notifications-routes.js';
import { OverviewRoutes } from './overview-routes.js';
import { PasskeyRoutes } from './passkey-routes.js';

/** The person's own pages at /account. A GET changes nothing; a change that matters is confirmed by a passkey. */
export function consoleRoutes(ports: ConsolePorts & ConsoleDeskPorts): Middleware[] {
  const counter = new ConsoleCounter(new ConsoleDesk(ports), ports, ports.provider);
  const overview = new OverviewRoutes(counter, ports);
  const devices = new DevicesRoutes(counter, ports);
  const passkeys = new PasskeyRoutes(counter, ports);
  const email = new EmailRoutes(counter, ports);
  const leaving = new LeavingRoutes(counter, ports);
  const notifications = new NotificationsRoutes(counter, ports);
  const router = new Router({ prefix: '/account' });
  router.use(translateProviderErrors);
  router.get('/', (ctx) => overview.show(ctx));
  router.get('/signed-in', (ctx) => overview.signedIn(ctx));
  router.get('/activity', (ctx) => overview.showActivity(ctx));
  router.post('/apps/disconnect', (ctx) => overview.disconnect(ctx));
  router.post('/approvals/stop', (ctx) => overview.stopApproval(ctx));
  router.post('/old-keys/stop', (ctx) => overview.stopOldKey(ctx));
  router.get('/devices', (ctx) => devices.list(ctx));
  router.get('/devices/:id', (ctx) => devices.show(ctx));
  router.post('/devices/:id/name', (ctx) => devices.rename(ctx));
  router.post('/devices/:id/cut-off', (ctx) => devices.cutOff(ctx));
  router.post('/devices/:id/not-me', (ctx) => devices.disown(ctx));
  router.post('/sessions/cut-off', (ctx) => devices.cutOffSession(ctx));
  router.get('/cut-off', (ctx) => devices.showCutHere(ctx));
  router.post('/notifications', (ctx) => notifications.turnOn(ctx));
  router.post('/notifications/off', (ctx) => notifications.turnOff(ctx));
  router.get('/recovery-codes', (ctx) => overview.showNewCodes(ctx));
  router.post('/recovery-codes', (ctx) => overview.makeCodes(ctx));
  router.get('/identities/:id', (ctx) => overview.showIdentity(ctx));
  router.post('/identities/:id/unlink', (ctx) => overview.unlinkIdentity(ctx));
  router.post('/confirm/options', (ctx) => passkeys.beginConfirmation(ctx));
  router.get('/passkeys/new', (ctx) => passkeys.showNew(ctx));
  router.post('/passkeys/new', (ctx) => passkeys.add(ctx));
  router.post('/passkeys/new/options', (ctx) => passkeys.newOptions(ctx));
  router.get('/passkeys/:id', (ctx) => passkeys.show(ctx));
  router.post('/passkeys/:id/name', (ctx) => passkeys.rename(ctx));
  router.post('/passkeys/:id/remove', (ctx) => passkeys.remove(ctx));
  if (ports.mailer.available) {
    router.get('/email', (ctx) => email.show(ctx));
    router.post('/email', (ctx) => email.begin(ctx));
    router.get('/email/code', (ctx) => email.showCode(ctx));
    router.post('/email/code', (ctx) => email.finish(ctx));
  }
  router.get('/export', (ctx) => leaving.showExport(ctx));
  router.post('/export', (ctx) => leaving.export(ctx));
  router.get('/delete', (ctx) => leaving.showDelete(ctx));
  router.post('/delete', (ctx) => leaving.delete(ctx));
  router.post('/lock', (ctx) => leaving.lock(ctx));
  router.get('/locked', (ctx) => leaving.showLocked(ctx));
  router.get('/deleted', (ctx) => leaving.showDeleted(ctx));
  return [doorway(ports.site), router.routes() as unknown as Middleware];
}
