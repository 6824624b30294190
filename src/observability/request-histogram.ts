import { ValueType, type Attributes } from '@opentelemetry/api';
import { emptyResource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  DataPointType,
  type CollectionResult,
  type HistogramMetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics';

export interface FinishedRequest {
  readonly method: string;
  /** A pattern such as `/token`, never a raw path. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

interface Series {
  readonly attributes: Attributes;
  /** One more than there are boundaries: the last is of all that took longer. */
  readonly counts: number[];
  sum: number;
  count: number;
}

const name = 'holdfast_request_duration_seconds';
const description = 'Requests by route and status.';
/** The reader asks for what it shows; when a series began it does not say. */
const untold: [number, number] = [0, 0];

/**
 * Requests by method, route and status, counted before OpenTelemetry sees them: its own histogram sorts and hashes the attributes
 * of every request, which took a twentieth of an introspection. It is asked at each scrape, as its MetricProducer.
 */
export class RequestHistogram implements MetricProducer {
  readonly #boundaries: readonly number[];
  readonly #series = new Map<string, Series>();

  /** @param boundaries upper bounds in seconds, ascending */
  constructor(boundaries: readonly number[]) {
    this.#boundaries = boundaries;
  }

  record({ method, route, status, seconds }: FinishedRequest): void {
    const key = `${method} ${status} ${route}`;
    let series = this.#series.get(key);
    if (!series) {
      const counts = Array.from({ length: this.#boundaries.length + 1 }, () => 0);
      series = { attributes: { method, route, status }, counts, sum: 0, count: 0 };
      this.#series.set(key, series);
    }
    let bucket = 0;
    while (seconds > (this.#boundaries[bucket] ?? Infinity)) bucket += 1;
    series.counts[bucket] = (series.counts[bucket] ?? 0) + 1;
    series.sum += seconds;
    series.count += 1;
  }

  collect(): Promise<CollectionResult> {
    const metric: HistogramMetricData = {
      descriptor: { name, description, unit: 's', valueType: ValueType.DOUBLE },
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
      dataPointType: DataPointType.HISTOGRAM,
      dataPoints: [...this.#series.values()].map(({ attributes, counts, sum, count }) => ({
        startTime: untold,
        endTime: untold,
        attributes,
        value: { buckets: { boundaries: [...this.#boundaries], counts: [...counts] }, sum, count },
      })),
    };
    const scopeMetrics = [{ scope: { name: 'holdfast' }, metrics: [metric] }];
    return Promise.resolve({ resourceMetrics: { resource: emptyResource(), scopeMetrics }, errors: [] });
  }
}
