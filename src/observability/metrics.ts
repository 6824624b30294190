import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import type { Meter } from '@opentelemetry/api';
import type { RefusalCode } from '../lib/refusal.js';
import { RequestHistogram, type FinishedRequest } from './request-histogram.js';

/** Counts and timings. Labels come from small fixed sets only: routes, statuses, codes and event names. */
export interface Metrics {
  requestFinished(request: FinishedRequest): void;
  refused(code: RefusalCode): void;
  securityEvent(name: string): void;
  /** @param call with the tier's id; undefined: the call was refused before its tier was looked at */
  callJudged(call: { readonly decision: string; readonly tier: string | undefined }): void;
  /** A call that passed though it would be refused. */
  callObserved(call: { readonly code: RefusalCode; readonly tier: string | undefined }): void;
  /** Refusals that `holdfast explain` will not know, because their buffer was full. */
  refusalsDropped(count: number): void;
  /** `read` is asked at each scrape. */
  observePool(read: () => PoolState): void;
  /** Whether the configuration was changed into one with faults; asked at each scrape. */
  observeConfig(refused: () => boolean): void;
  /** How far this node hears of revocations; asked at each scrape. */
  observeFeed(read: () => FeedState): void;
  /** How the operator's webhooks fare; asked at each scrape. */
  observeWebhooks(read: () => Promise<readonly WebhookHealth[]>): void;
  /** Everything in the Prometheus text format. */
  render(): Promise<string>;
  close(): Promise<void>;
}

export interface PoolState {
  readonly open: number;
  readonly idle: number;
  readonly waiting: number;
}

export interface WebhookHealth {
  /** Its id of the configuration. */
  readonly webhook: string;
  /** Revocations that it does not have yet. */
  readonly behind: number;
  /** Milliseconds since it took none; 0: it takes them. */
  readonly failing: number;
}

export interface FeedState {
  readonly trusted: boolean;
  /** Milliseconds since the revocation log was read to its end. */
  readonly silence: number;
  readonly sequence: number;
  /** Resource servers' connections. */
  readonly streams: number;
}

const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createMetrics(): Metrics {
  const requests = new RequestHistogram(secondsBuckets);
  const exporter = new PrometheusExporter({ preventServerStart: true, metricProducers: [requests] });
  const serializer = new PrometheusSerializer();
  const provider = new MeterProvider({ readers: [exporter] });
  const meter = provider.getMeter('holdfast');
  const refusals = meter.createCounter('holdfast_refusals', { description: 'Refusals by their code.' });
  const events = meter.createCounter('holdfast_security_events', { description: 'Security events by name.' });
  const calls = meter.createCounter('holdfast_calls', {
    description: 'Authorized calls by decision and tier.',
  });
  const observed = meter.createCounter('holdfast_calls_would_refuse', {
    description: 'Calls that passed though they would be refused, by code and tier.',
  });
  const dropped = meter.createCounter('holdfast_refusals_dropped', {
    description: 'Refusals not kept for holdfast explain.',
  });
  return {
    requestFinished: (request) => requests.record(request),
    refused: (code) => refusals.add(1, { code }),
    securityEvent: (event) => events.add(1, { event }),
    callJudged: ({ decision, tier = 'none' }) => calls.add(1, { decision, tier }),
    callObserved: ({ code, tier = 'none' }) => observed.add(1, { code, tier }),
    refusalsDropped: (count) => dropped.add(count),
    ...gauges(meter),
    render: async () => serializer.serialize((await exporter.collect()).resourceMetrics),
    close: () => provider.shutdown(),
  };
}

/** What is asked at each scrape. */
function gauges(
  meter: Meter,
): Pick<Metrics, 'observePool' | 'observeConfig' | 'observeFeed' | 'observeWebhooks'> {
  const pool = meter.createObservableGauge('holdfast_database_connections', {
    description: 'Connections of the database pool by state.',
  });
  const refusedConfig = meter.createObservableGauge('holdfast_config_refused', {
    description: '1: the configuration has faults since it was changed, and the tiers are older than it.',
  });
  return {
    observePool: (read) =>
      pool.addCallback((result) => {
        for (const [state, count] of Object.entries<number>({ ...read() })) result.observe(count, { state });
      }),
    observeFeed: feedGauges(meter),
    observeWebhooks: webhookGauges(meter),
    observeConfig: (refused) => refusedConfig.addCallback((result) => result.observe(Number(refused()))),
  };
}

function feedGauges(meter: Meter): Metrics['observeFeed'] {
  const gauge = (name: string, description: string) => meter.createObservableGauge(name, { description });
  const trusted = gauge(
    'holdfast_feed_trusted',
    '1: this node hears of every revocation; 0: its resource servers trust no cache.',
  );
  const silence = gauge(
    'holdfast_feed_silence_seconds',
    'Seconds since the revocation log was read to its end.',
  );
  const sequence = gauge('holdfast_feed_sequence', 'How far this node has read the revocation log.');
  const streams = gauge('holdfast_feed_streams', "Resource servers' connections to the feed.");
  return (read) => {
    trusted.addCallback((result) => result.observe(Number(read().trusted)));
    silence.addCallback((result) => {
      const seconds = read().silence / 1000;
      // Never heard anything yet.
      if (Number.isFinite(seconds)) result.observe(seconds);
    });
    sequence.addCallback((result) => result.observe(read().sequence));
    streams.addCallback((result) => result.observe(read().streams));
  };
}

function webhookGauges(meter: Meter): Metrics['observeWebhooks'] {
  const behind = meter.createObservableGauge('holdfast_webhook_behind', {
    description: 'Revocations that a webhook does not have yet.',
  });
  const failing = meter.createObservableGauge('holdfast_webhook_failing_seconds', {
    description: 'For how long a webhook has taken nothing; 0: it takes what comes.',
  });
  return (read) =>
    meter.addBatchObservableCallback(
      async (result) => {
        // The database is away: other figures say so.
        const all = await read().catch(() => []);
        for (const { webhook, ...health } of all) {
          result.observe(behind, health.behind, { webhook });
          result.observe(failing, health.failing / 1000, { webhook });
        }
      },
      [behind, failing],
    );
}
