import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { serve } from '@hono/node-server';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import type { Admission, CallAdmission } from '../../src/gateway/admission.js';
import * as forExpress from '../../src/gateway/express-adapter.js';
import * as forFastify from '../../src/gateway/fastify-adapter.js';
import * as forFetch from '../../src/gateway/fetch-adapter.js';
import type { Guard } from '../../src/gateway/guard.js';
import * as forHono from '../../src/gateway/hono-adapter.js';
import * as forKoa from '../../src/gateway/koa-adapter.js';
import { readModelCall } from '../../src/gateway/model-call.js';
import * as forNode from '../../src/gateway/node-adapter.js';

export const listPath = '/v1/models';
export const callPath = '/v1/chat/completions';
const scope = ['model:read'];
const calls = { read: readModelCall({ scope: ['model:call'], maxCost: 100 }), longestBody: 2000 };

/** What every framework's server does once a request was let in. */
export interface Served {
  /** The answer of an endpoint without a model. */
  readonly list: (admission: Admission) => object;
  /** The answer of a call, whole or in pieces. `body` is what the framework makes of it after the adapter read it. */
  readonly call: (admission: CallAdmission, body: unknown) => object | AsyncIterable<string>;
}

export interface RunningServer {
  readonly url: string;
  /** What it called errors of its own. */
  readonly errors: unknown[];
  close(): Promise<void>;
}

export type StartServer = (guard: Guard, served: Served) => Promise<RunningServer>;

/** The same two endpoints in every framework, each in its own idiom. */
export const frameworks: Readonly<Record<string, StartServer>> = {
  'node:http': async (guard, { list, call }) => {
    const errors: unknown[] = [];
    const onError = (error: unknown): void => void errors.push(error);
    const routes: Record<string, RequestListener> = {
      [listPath]: forNode.protect(
        guard,
        (_, response, admission) => void response.end(JSON.stringify(list(admission))),
        { scope, onError },
      ),
      [callPath]: forNode.protectCalls(
        guard,
        (_, response, admission) => {
          const answer = call(admission, admission.call.body);
          if (isStream(answer))
            Readable.from(answer)
              .on('error', () => {})
              .pipe(response);
          else response.end(JSON.stringify(answer));
        },
        { ...calls, read: readCallWithBody, onError },
      ),
    };
    return listening(
      createServer((request, response) => routes[request.url ?? '']?.(request, response)),
      errors,
    );
  },

  Koa: (guard, served) => startKoa(guard, served),

  Express: (guard, served) => startExpress(guard, served),

  Fastify: async (guard, { list, call }) => {
    const errors: unknown[] = [];
    const app = fastify();
    app.setErrorHandler((error, _request, reply) => {
      errors.push(error);
      return reply.code(500).send();
    });
    app.route({
      method: ['OPTIONS', 'GET'],
      url: listPath,
      onRequest: forFastify.protect(guard, { scope }),
      handler: (request) => list(forFastify.admissionOf(request)),
    });
    app.route({
      method: ['OPTIONS', 'POST'],
      url: callPath,
      preParsing: forFastify.protectCalls(guard, calls),
      handler: async (request, reply) => {
        const answer = call(forFastify.callAdmissionOf(request), request.body);
        return reply.send(isStream(answer) ? Readable.from(answer) : answer);
      },
    });
    const url = await app.listen({ port: 0, host: '127.0.0.1' });
    return {
      url,
      errors,
      close: async () => {
        app.server.closeAllConnections();
        await app.close();
      },
    };
  },

  Hono: async (guard, { list, call }) => {
    const errors: unknown[] = [];
    const app = new Hono<{ Variables: { holdfast: CallAdmission } }>();
    app.onError((error, context) => {
      errors.push(error);
      return context.body(null, 500);
    });
    app.use(listPath, forHono.protect(guard, { scope }));
    app.use(callPath, forHono.protectCalls(guard, calls));
    app.get(listPath, (context) => context.json(list(context.get('holdfast'))));
    app.post(callPath, async (context) => {
      const answer = call(context.var.holdfast, await context.req.json());
      return isStream(answer) ? context.body(streamOf(answer)) : context.json(answer);
    });
    return listening(serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server, errors);
  },

  fetch: async (guard, { list, call }) => {
    const errors: unknown[] = [];
    const listing = forFetch.protect(guard, (_, admission) => Response.json(list(admission)), { scope });
    const calling = forFetch.protectCalls(
      guard,
      async (request, admission) => {
        const answer = call(admission, await request.json());
        return isStream(answer) ? new Response(streamOf(answer)) : Response.json(answer);
      },
      calls,
    );
    const answer = (request: Request): Promise<Response> =>
      (new URL(request.url).pathname === listPath ? listing : calling)(request).catch((error: unknown) => {
        errors.push(error);
        return new Response(null, { status: 500 });
      });
    return listening(serve({ fetch: answer, port: 0, hostname: '127.0.0.1' }) as Server, errors);
  },
};

/** The same where a parser stands before the guard, as it does in many a server that is there already. */
export const parserFirst: Readonly<Record<string, StartServer>> = {
  'Koa with a parser': (guard, served) =>
    startKoa(guard, served, async (ctx, next) => {
      if (ctx.method === 'POST')
        Object.assign(ctx.request, { body: JSON.parse(await text(ctx.req)) as unknown });
      await next();
    }),
  'Express with a parser': (guard, served) => startExpress(guard, served, express.json()),
  // As some parsers do of a body whose type they don't know.
  'Koa with a body that nobody read': (guard, served) =>
    startKoa(guard, served, async (ctx, next) => {
      Object.assign(ctx.request, { body: { model: 'echo-frontier' } });
      await next();
    }),
  'Express with a body that nobody read': (guard, served) =>
    startExpress(guard, served, (request, _response, next) => {
      request.body = { model: 'echo-frontier' };
      next();
    }),
};

async function startKoa(
  guard: Guard,
  { list, call }: Served,
  parser?: Koa.Middleware,
): Promise<RunningServer> {
  const errors: unknown[] = [];
  const app = new Koa<{ holdfast: CallAdmission }>();
  if (parser) app.use(parser);
  app.on('error', (error: Error & { headerSent?: boolean }) => {
    // Koa also tells of sockets that broke once they were answered.
    if (error.headerSent !== true) errors.push(error);
  });
  const listing = forKoa.protect<Koa.ParameterizedContext>(guard, { scope });
  const calling = forKoa.protectCalls<Koa.ParameterizedContext, CallAdmission['call']>(guard, calls);
  app.use((ctx, next) => (ctx.path === listPath ? listing(ctx, next) : calling(ctx, next)));
  app.use((ctx) => {
    const { holdfast } = ctx.state;
    const { body } = ctx.request as { body?: unknown };
    const answer = ctx.path === listPath ? list(holdfast) : call(holdfast, body);
    ctx.body = isStream(answer) ? Readable.from(answer) : answer;
  });
  const serveKoa = app.callback();
  return listening(
    createServer((request, response) => void serveKoa(request, response)),
    errors,
  );
}

async function startExpress(
  guard: Guard,
  { list, call }: Served,
  parser?: express.RequestHandler,
): Promise<RunningServer> {
  const errors: unknown[] = [];
  const app = express();
  if (parser) app.use(parser);
  // Mounted, so that request.url is not what the client asked for.
  const api = express.Router();
  app.use('/v1', api);
  api.use('/models', forExpress.protect(guard, { scope }), (request, response) => {
    response.json(list(forExpress.admissionOf(request)));
  });
  api.use('/chat/completions', forExpress.protectCalls(guard, calls), (request, response) => {
    const answer = call(forExpress.callAdmissionOf(request), request.body);
    if (isStream(answer))
      Readable.from(answer)
        .on('error', () => {})
        .pipe(response);
    else response.json(answer);
  });
  const fault: express.ErrorRequestHandler = (error, _request, response, _next) => {
    errors.push(error);
    response.status(500).end();
  };
  app.use(fault);
  return listening(createServer(app), errors);
}

/** Bare node:http has nowhere to leave a parsed body but in the call. */
function readCallWithBody(bytes: Uint8Array) {
  const call = calls.read(bytes);
  const body: unknown = call.ok ? JSON.parse(Buffer.from(bytes).toString()) : undefined;
  return call.ok ? { ...call, value: { ...call.value, body } } : call;
}

function isStream(answer: object): answer is AsyncIterable<string> {
  return Symbol.asyncIterator in answer;
}

function streamOf(pieces: AsyncIterable<string>): ReadableStream<Uint8Array> {
  return Readable.toWeb(
    Readable.from(pieces).map((piece: string) => Buffer.from(piece)),
  ) as ReadableStream<Uint8Array>;
}

async function listening(server: Server, errors: unknown[]): Promise<RunningServer> {
  if (!server.listening) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    errors,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
