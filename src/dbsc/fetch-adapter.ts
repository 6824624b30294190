/* `holdfast/dbsc/fetch`: for servers that turn a Request into a Response. */
import { receive, type Device } from './arrival.js';
import type { DeviceAnswer } from './device-answer.js';
import type { DeviceSessions, DeviceState } from './device-sessions.js';

export interface BindingOptions {
  /** What tells the app's own session apart, by its own cookie; undefined: nobody is signed in. */
  readonly session: (request: Request) => string | undefined | Promise<string | undefined>;
  /** Answers whoever has a cookie and not its device. Default: 401. */
  readonly refuse?: (request: Request, state: DeviceState) => Response | Promise<Response>;
}

export type FetchHandler = (request: Request, device: Device) => Response | Promise<Response>;
export type FetchServer = (request: Request) => Promise<Response>;

/** A server that lets only the device use a session that is bound to it. */
export function bindSessions(
  devices: DeviceSessions,
  options: BindingOptions,
  handler: FetchHandler,
): FetchServer {
  return async (request) => {
    const { pathname, search } = new URL(request.url);
    const added: [name: string, value: string][] = [];
    const arrival = {
      method: request.method,
      target: pathname + search,
      header: (name: string) => request.headers.get(name) ?? undefined,
      session: await options.session(request),
    };
    const reception = await receive(devices, arrival, (name, value) => added.push([name, value]));
    if (reception.kind === 'passed') return withHeaders(await handler(request, reception.device), added);
    if (reception.kind === 'refused' && options.refuse) return options.refuse(request, reception.state);
    return toResponse(reception.answer);
  };
}

/**
 * Before what a stolen cookie must not do: the answer that makes the device prove itself, after which the request comes
 * again; undefined when it just has.
 */
export function proveDevice(device: Device, seconds = 120): Response | undefined {
  const away = device.prove(seconds);
  return away && toResponse(away);
}

function withHeaders(response: Response, added: readonly (readonly [string, string])[]): Response {
  if (added.length === 0) return response;
  // The one that was given may be one whose fields can't be changed.
  const answer = new Response(response.body, response);
  for (const [name, value] of added) answer.headers.append(name, value);
  return answer;
}

function toResponse({ status, headers, body }: DeviceAnswer): Response {
  return new Response(body === '' ? null : body, { status, headers });
}
