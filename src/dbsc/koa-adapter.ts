/* `holdfast/dbsc/koa`: middleware that leaves in `ctx.state.device` whether the device is there that signed in. */
import type { IncomingMessage } from 'node:http';
import { receive, type Device } from './arrival.js';
import type { DeviceAnswer } from './device-answer.js';
import type { DeviceSessions, DeviceState } from './device-sessions.js';

/** As much of Koa's context as is used here. */
export interface KoaContext {
  readonly req: IncomingMessage;
  readonly method: string;
  readonly originalUrl: string;
  readonly cookies: { get(name: string): string | undefined };
  readonly state: object;
  status: number;
  body: unknown;
  set(fields: Record<string, string>): void;
  append(name: string, value: string): void;
}

/** What handlers find in `ctx.state`. */
export interface BoundState {
  device: Device;
}

export type KoaMiddleware<Context> = (context: Context, next: () => Promise<unknown>) => Promise<void>;

export interface BindingOptions<Context> {
  /** What tells the app's own session apart, by its own cookie; undefined: nobody is signed in. */
  readonly session: (context: Context) => string | undefined | Promise<string | undefined>;
  /** Answers whoever has a cookie and not its device. Default: 401. */
  readonly refuse?: (context: Context, state: DeviceState) => unknown;
}

/** Lets only the device use a session that is bound to it. Stands before whatever needs a session. */
export function bindSessions<Context extends KoaContext>(
  devices: DeviceSessions,
  options: BindingOptions<Context>,
): KoaMiddleware<Context> {
  return async (context, next) => {
    const { req, method, originalUrl: target, state } = context;
    const header = (name: string): string | undefined => req.headers[name]?.toString();
    const session = await options.session(context);
    const addHeader = (name: string, value: string): void => context.append(name, value);
    const reception = await receive(devices, { method, target, header, session }, addHeader);
    if (reception.kind === 'passed') {
      Object.assign(state, { device: reception.device });
      await next();
    } else if (reception.kind === 'refused' && options.refuse) await options.refuse(context, reception.state);
    else send(context, reception.answer);
  };
}

/** Stands before what a stolen cookie must not do: the device proves itself first, unless it just has. */
export function proveDevice<Context extends KoaContext>(seconds = 120): KoaMiddleware<Context> {
  return async (context, next) => {
    const { device } = context.state as { readonly device: Device };
    const away = device.prove(seconds);
    if (away) send(context, away);
    else await next();
  };
}

function send(context: KoaContext, { status, headers, body }: DeviceAnswer): void {
  context.status = status;
  context.body = body;
  context.set(headers);
}
