import { equal } from 'node:assert/strict';
import type { Context, Next } from 'koa';
import { below } from '../../../src/http/below.js';

describe('a middleware below a path', () => {
  const pages = below(['/account', '/upstream/'], (ctx) => {
    ctx.body = 'page';
  });
  const answerAt = async (path: string) => {
    const ctx = { path } as Context;
    await pages(ctx, (async () => {
      ctx.body = 'next';
    }) as Next);
    return ctx.body as unknown;
  };

  it('gets what is below any of its paths, whatever the case, as routers have it', async () => {
    for (const path of ['/account', '/account/email', '/ACCOUNT/email', '/upstream/google/callback']) {
      equal(await answerAt(path), 'page', path);
    }
  });

  it('never sees any other request', async () => {
    for (const path of ['/', '/token', '/introspect', '/upstream', '/a', '/x/account']) {
      equal(await answerAt(path), 'next', path);
    }
  });
});
