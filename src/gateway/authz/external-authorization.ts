import type { IncomingMessage, ServerResponse } from 'node:http';
import { sameBytes, sha256 } from '../../lib/hashing.js';
import type { Refusal } from '../../lib/refusal.js';
import { accepted, refused, type Result } from '../../lib/result.js';
import type { Answer } from '../admission.js';
import type { Decision } from '../decision.js';
import type { Guard } from '../guard.js';
import { readBoundedBody, sendAnswer } from '../node-exchange.js';
import type { GuardedRequest } from '../proven-request.js';
import { allowing, refusing, refusingPlainly, type CallFacts } from './authorization-answer.js';
import { queryMayNameModel, readBodyModel } from './body-model.js';
import { readCallRule, type CallRule } from './call-rule.js';
import { proxies, type Proxy, type ProxyName } from './proxies.js';
import { fieldsOf, type ProxiedRequest } from './proxied-request.js';

export interface ExternalAuthorizationOptions {
  readonly guard: Guard;
  readonly proxy: ProxyName;
  /** What only the proxy knows, in its field `X-Holdfast-Proxy`. */
  readonly secret: string;
  /** In bytes. Default 1 MiB. */
  readonly longestBody?: number;
  /** Told of each request that was not let in, and why: for a log. */
  readonly onRefused?: (refusal: Refusal, response: ServerResponse) => void;
}

/** `/authz`, where a proxy asks whether it may pass a request on. A route of the standalone gateway. */
export interface ExternalAuthorization {
  readonly matches: (path: string) => boolean;
  readonly serve: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

/** Long, and of letters that no proxy's configuration has a meaning for. */
const secretShape = /^[\w.~+/=-]{32,512}$/;
const secretField = 'x-holdfast-proxy';

/** Throws where the secret could be guessed. */
export function externalAuthorization(options: ExternalAuthorizationOptions): ExternalAuthorization {
  const { secret, onRefused } = options;
  if (!secretShape.test(secret)) {
    throw new TypeError('the secret of the proxy must be 32 to 512 letters and digits: openssl rand -hex 32');
  }
  const proxy = proxies[options.proxy];
  const digest = sha256(secret);
  return {
    matches: (path) => proxy.asksAt(path),
    async serve(request, response) {
      const judged = ofProxy(request, digest)
        ? await judge(request, proxy, options)
        : refused('caller_not_the_proxy');
      const { answer, refusal } = judged.ok ? judged.value : plainly(judged.refusal, proxy);
      if (refusal) onRefused?.(refusal, response);
      sendAnswer(response, answer);
    },
  };
}

/**
 * What is said here of a request is believed, so it must be the proxy that says it: a client that finds this address,
 * through the proxy or beside it, would choose the request, the model and the price.
 */
function ofProxy(request: IncomingMessage, digest: Uint8Array): boolean {
  const [field, ...more] = fieldsOf(request, secretField);
  return field !== undefined && more.length === 0 && sameBytes(sha256(field), digest);
}

interface Judgement {
  readonly answer: Answer;
  readonly refusal?: Refusal;
}

function plainly(refusal: Refusal, { dropsBody }: Proxy): Judgement {
  return { answer: refusingPlainly(refusal, dropsBody), refusal };
}

async function judge(
  request: IncomingMessage,
  proxy: Proxy,
  options: ExternalAuthorizationOptions,
): Promise<Result<Judgement>> {
  const asked = proxy.read(request);
  if (!asked.ok) return asked;
  const rule = readCallRule(asked.value.rule);
  if (!rule.ok) return rule;
  const { method, target } = asked.value;
  const guarded: GuardedRequest = {
    method,
    target,
    authorization: fieldsOf(request, 'authorization'),
    dpop: fieldsOf(request, 'dpop'),
  };
  const { model } = rule.value;
  if (model !== 'none' && queryMayNameModel(target)) {
    return refused('request_malformed', 'The query may name a model.');
  }
  if (model === 'none' || (model === 'body' && readsOnly(request, method))) {
    return answerTo(await options.guard.decide(guarded, rule.value.scope), undefined, proxy);
  }
  let named = '';
  const decision = await options.guard.authorizeCall(guarded, async () => {
    const read = await modelOf(request, rule.value, options);
    if (!read.ok) return read;
    named = read.value;
    return accepted(callOf(named, rule.value, asked.value));
  });
  const call = decision.allowed ? { callId: decision.callId, model: named } : undefined;
  return answerTo(decision, call, proxy);
}

function answerTo(decision: Decision, call: CallFacts | undefined, { dropsBody }: Proxy): Result<Judgement> {
  if (decision.allowed) return accepted({ answer: allowing(decision, call) });
  return accepted({ answer: refusing(decision, dropsBody), refusal: decision.refusal });
}

/** RFC 9110 §9.3.1: content of a GET means nothing, but there are upstreams to which it does. */
function readsOnly({ headers }: IncomingMessage, method: string): boolean {
  const content = headers['transfer-encoding'] ?? headers['content-length'] ?? '0';
  return (method === 'GET' || method === 'HEAD') && content === '0';
}

async function modelOf(
  request: IncomingMessage,
  { model }: CallRule,
  { longestBody = 1_048_576 }: ExternalAuthorizationOptions,
): Promise<Result<string>> {
  if (typeof model === 'object') return accepted(model.named);
  // Envoy says so when it has sent only the beginning.
  if (fieldsOf(request, 'x-envoy-auth-partial-body').some((field) => field !== 'false')) {
    return refused('body_too_large', 'The body is longer than what the proxy sends.');
  }
  if (!isJson(request)) {
    return refused(
      'request_malformed',
      'The body is not said to be JSON of UTF-8, or the proxy does not pass that on.',
    );
  }
  const body = await readBoundedBody(request, longestBody);
  return body.ok ? readBodyModel(body.value) : body;
}

const jsonType = /^application\/(?:[a-z0-9.-]+\+)?json *(?:; *charset="?utf-8"? *)?$/i;

/** Threat 16: bytes may be one JSON here, and a form or another JSON to who goes by another type, or charset, of the client's. */
function isJson(request: IncomingMessage): boolean {
  const [type, ...more] = fieldsOf(request, 'content-type');
  return more.length === 0 && type !== undefined && jsonType.test(type);
}

function callOf(model: string, { maxCost, scope }: CallRule, { callerAddress }: ProxiedRequest) {
  return {
    model,
    scope,
    ...(maxCost !== undefined && { maxCost }),
    ...(callerAddress !== undefined && { callerAddress }),
  };
}
