import { randomUUID } from 'node:crypto';
import Koa from 'koa';
import type { DeviceSessions } from '../../src/dbsc/index.js';
import { bindSessions, type BoundState } from '../../src/dbsc/koa-adapter.js';
import { page } from './page.js';

/** An app as there are many: a form, a session in memory, a cookie. What binds the cookie are the lines with a mark. */
export function createOwnCookieApp(devices: DeviceSessions): Koa<BoundState> {
  const people = new Map<string, string>();
  const app = new Koa<BoundState>();
  app.use(bindSessions(devices, { session: (ctx) => ctx.cookies.get('sid') })); // ←

  app.use(async (ctx) => {
    const sid = ctx.cookies.get('sid') ?? '';
    const { device } = ctx.state;
    if (ctx.path === '/login' && ctx.method === 'POST') {
      const fresh = randomUUID();
      people.set(fresh, 'Ada');
      ctx.cookies.set('sid', fresh, { sameSite: 'lax' });
      device.offer(fresh); // ←
      ctx.redirect('/');
    } else if (ctx.path === '/logout' && ctx.method === 'POST') {
      people.delete(sid);
      ctx.cookies.set('sid', null);
      await device.end(); // ←
      ctx.redirect('/');
    } else {
      ctx.type = 'html';
      const name = people.get(sid);
      ctx.body = page(name === undefined ? 'Nobody is signed in.' : `${name}’s session is ${device.state}.`);
    }
  });
  return app;
}
