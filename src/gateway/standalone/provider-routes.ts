import { admit, admitCall, type Verdict } from '../admission.js';
import { corsHeaders } from '../cors.js';
import type { Refused } from '../decision.js';
import type { Guard } from '../guard.js';
import { sendAnswer, setHeaders, visitOf, watchAnswer, type Exchange } from '../node-exchange.js';
import type { ApiStyle, CallShape, Endpoint } from './api-style.js';
import type { BodyDesk } from './body-desk.js';
import type { GatewayLog } from './gateway-log.js';
import { passedOn } from './header-fields.js';
import { plainRefusal } from './plain-refusal.js';
import { preflightOf } from './preflight.js';
import { costOf } from './prices.js';
import { readCall, type PricedCall, type Pricing } from './priced-call.js';
import { relay, type Outcome } from './relay.js';
import type { Route } from './server.js';
import { fitsPath, targetOf } from './target.js';
import type { Upstream } from './upstream.js';
import { estimateTokens, streamMeter, wholeMeter, type UsageMeter } from './usage-meter.js';

export interface ProviderRoutesOptions extends Pricing {
  readonly guard: Guard;
  readonly style: ApiStyle;
  readonly upstream: Upstream;
  readonly bodies: BodyDesk;
  /** What endpoints without a model want. */
  readonly listScope: readonly string[];
  /** Fields of the client's that go on beside those of the style. */
  readonly moreFields: readonly string[];
  /** Endpoints that the operator lists: nobody looks into what is asked there. */
  readonly passed: readonly Endpoint[];
  readonly log: GatewayLog;
}

type CallEndpoint = Endpoint & { readonly call: CallShape };

/** The addresses of the provider that are served: known to the letter, and nothing else. */
export function providerRoutes(options: ProviderRoutesOptions): Route {
  const endpoints = [...options.style.endpoints, ...options.passed];
  const fitting = (path: string): Endpoint[] => endpoints.filter((endpoint) => fitsPath(endpoint, path));
  return {
    matches: (path) => fitting(path).length > 0,
    serve: (request, response) => {
      const found = fitting((request.url ?? '').replace(/\?.*$/s, ''));
      const methods = found.map(({ method }) => method);
      if (request.method === 'OPTIONS') return sendAnswer(response, preflightOf(request));
      const endpoint = found.find(({ method }) => method === request.method);
      if (endpoint) return serveEndpoint(options, endpoint, { request, response });
      response.setHeader('allow', [...methods, 'OPTIONS'].join(', '));
      return sendAnswer(response, plainRefusal('method_not_allowed', corsHeaders));
    },
  };
}

function serveEndpoint(
  options: ProviderRoutesOptions,
  endpoint: Endpoint,
  exchange: Exchange,
): Promise<void> {
  const { call } = endpoint;
  return call
    ? serveCall(options, { ...endpoint, call }, exchange)
    : serveUnread(options, endpoint, exchange);
}

async function serveCall(
  options: ProviderRoutesOptions,
  endpoint: CallEndpoint,
  exchange: Exchange,
): Promise<void> {
  const { guard, bodies, log } = options;
  const { request, response } = exchange;
  const readBody = (limit: number) => bodies.read(exchange, limit);
  const verdict = await admitCall(
    guard,
    { ...visitOf(exchange, exchange), readBody },
    {
      longestBody: bodies.longest,
      read: (bytes) => readCall(bytes, request.url ?? '', endpoint, options),
      renderRefusal: refusalTold(log, exchange),
    },
  );
  if (!isLetIn(verdict, exchange)) return;
  const { callId, call, signal } = verdict.admission;
  const { request: asked, sent, target } = call;
  const bytes = Buffer.byteLength(sent);
  let meter: UsageMeter | undefined;
  const outcome = await relay({
    ...options,
    response,
    sent: {
      method: endpoint.method,
      target,
      headers: { ...fieldsOf(options, exchange), 'content-type': 'application/json' },
      body: sent,
      signal,
    },
    meterOf: (events) => {
      const { meter: shape } = endpoint.call;
      meter = events ? streamMeter(shape, bytes, asked.hidesUsage === true) : wholeMeter(shape, bytes);
      return meter;
    },
  });
  void guard.usage.report({ callId, outcome, ...spentOf(call, outcome, meter) });
}

/** What a call without an answer used is nothing; one that was broken off before it began may have been read. */
function spentOf({ price, sent }: PricedCall, outcome: Outcome, meter: UsageMeter | undefined) {
  const unanswered =
    outcome === 'aborted'
      ? { inputTokens: estimateTokens(Buffer.byteLength(sent)), outputTokens: 0 }
      : { inputTokens: 0, outputTokens: 0 };
  const used = meter?.used() ?? unanswered;
  return { ...used, ...(price && { cost: costOf(price, used) }) };
}

/** Lists, and what the operator passes through: no model is called, so no tier is asked and nothing is counted. */
async function serveUnread(
  options: ProviderRoutesOptions,
  endpoint: Endpoint,
  exchange: Exchange,
): Promise<void> {
  const { guard, bodies, log, listScope, scope } = options;
  const { request, response } = exchange;
  const verdict = await admit(guard, visitOf(exchange, exchange), {
    scope: endpoint.method === 'GET' ? listScope : scope,
    renderRefusal: refusalTold(log, exchange),
  });
  if (!isLetIn(verdict, exchange)) return;
  const target = targetOf(endpoint, request.url ?? '');
  if (!target.ok) return sendAnswer(response, plainRefusal(target.refusal.code, {}, target.refusal.detail));
  const type = request.headers['content-type'];
  const body = endpoint.method === 'POST' ? await bodies.read(exchange, bodies.longest) : undefined;
  if (body?.ok === false) return sendAnswer(response, plainRefusal(body.refusal.code));
  await relay({
    ...options,
    response,
    sent: {
      method: endpoint.method,
      target: target.value,
      headers: {
        ...fieldsOf(options, exchange),
        ...(body && type !== undefined && { 'content-type': type }),
      },
      ...(body && { body: body.value }),
      signal: verdict.admission.signal,
    },
  });
}

function fieldsOf({ style, moreFields }: ProviderRoutesOptions, { request }: Exchange) {
  return passedOn(request, [...style.passedFields, ...moreFields]);
}

/** Sends the refusal, or makes the answer ready. */
function isLetIn<Admitted>(
  verdict: Verdict<Admitted>,
  { response }: Exchange,
): verdict is Extract<Verdict<Admitted>, { admitted: true }> {
  if (!verdict.admitted) {
    sendAnswer(response, verdict.answer);
    return false;
  }
  setHeaders(response, verdict.headers);
  watchAnswer(response, verdict.watch);
  return true;
}

const askersFault = new Set([400, 413]);

/** The guard's own words; where a request can't be read, what is wrong with it, which nobody else could say. */
function refusalTold(log: GatewayLog, { response }: Exchange) {
  return ({ refusal, challenge }: Refused): object => {
    const { code, detail } = refusal;
    const { status, body } = challenge;
    const facts = { request_id: response.getHeader('x-request-id'), refusal: code, detail, status };
    if (status >= 500) log.warn(facts, 'call refused');
    else log.info(facts, 'call refused');
    return askersFault.has(status) && detail !== undefined ? { ...body, error_description: detail } : body;
  };
}
