import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { AskingOnce } from '../../src/client/command/proxy/asking-once.js';
import type { KeepAlive } from '../../src/client/command/proxy/held-answer.js';
import { startProxy, type ProxyServer } from '../../src/client/command/proxy/proxy-server.js';
import type { CallChallenge } from '../../src/client/index.js';
import { systemRandom } from '../../src/lib/random.js';
import { keptLogin } from './kept-login.js';
import { manualClock } from './manual-clock.js';

export interface Arrived {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Answer = (arrived: Arrived, response: ServerResponse) => void;

interface DeskOptions {
  /** What the person does when she is asked; `approve` gives tokens with which the resource serves. */
  readonly person?: (challenge: CallChallenge, approve: () => Promise<void>) => Promise<void>;
  readonly keepAlive?: KeepAlive;
}

const never: KeepAlive = { stream: 60_000, plain: 60_000, interval: 60_000 };
/** At once, and often. */
export const restless: KeepAlive = { stream: 0, plain: 0, interval: 1 };

/** A proxy in this process before a resource that a test makes up, with a login that lives. */
export class ProxyDesk {
  readonly arrivals: Arrived[] = [];
  readonly errors: unknown[] = [];
  readonly clock = manualClock();
  asked = 0;
  answer: Answer = (_, response) => void response.end('{"served":true}');
  readonly #resource: Server;
  #proxy: ProxyServer | undefined;

  private constructor(resource: Server) {
    this.#resource = resource;
    resource.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void text(request).then((body) => {
        const { method, url, headers } = request;
        const arrived = { method, url, headers, body };
        this.arrivals.push(arrived);
        this.answer(arrived, response);
      });
    });
  }

  static async open({ person, keepAlive = never }: DeskOptions = {}): Promise<ProxyDesk> {
    const resource = createServer();
    const desk = new ProxyDesk(resource);
    await new Promise<void>((resolve) => resource.listen(0, '127.0.0.1', resolve));
    const identifier = `http://127.0.0.1:${(resource.address() as AddressInfo).port}/`;
    const login = await keptLogin({
      resource: identifier,
      scope: 'model:call',
      ...(person && {
        onStepUp: (challenge, it) => {
          desk.asked += 1;
          return person(challenge, async () => {
            await it.accept({ access_token: 'approved-token', token_type: 'DPoP', expires_in: 300 });
          });
        },
      }),
    });
    const asking = new AskingOnce(login, () => Promise.reject(new Error('nobody signs in')), desk.clock);
    desk.#proxy = await startProxy({
      asking,
      resource: identifier,
      keepAlive,
      random: systemRandom,
      onError: (error) => void desk.errors.push(error),
    });
    return desk;
  }

  get origin(): string {
    return this.#proxy?.origin ?? '';
  }

  get secret(): string {
    return this.#proxy?.secret ?? '';
  }

  async close(): Promise<void> {
    await this.#proxy?.close();
    this.#resource.closeAllConnections();
    await new Promise((resolve) => this.#resource.close(resolve));
  }
}

/** The resource wants an approval until the token is one that she approved. */
export const untilApproved =
  (serve: Answer): Answer =>
  (arrived, response) => {
    if (arrived.headers.authorization === 'DPoP approved-token') return serve(arrived, response);
    response.writeHead(403, {
      'content-type': 'application/json',
      'www-authenticate': 'DPoP error="insufficient_authorization_details"',
    });
    const detail = { type: 'model_call', tier: 'frontier' };
    response.end(
      JSON.stringify({ error: 'insufficient_authorization_details', authorization_details: [detail] }),
    );
  };
