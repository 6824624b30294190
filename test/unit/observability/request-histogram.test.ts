import assert from 'node:assert/strict';
import { RequestHistogram } from '../../../src/observability/request-histogram.js';

describe('the histogram of requests', () => {
  it('counts each request once, in the first bucket that holds it, by method, route and status', async () => {
    const requests = new RequestHistogram([0.01, 0.1]);
    const asked = { method: 'POST', route: '/introspect', status: 200 };
    for (const seconds of [0.001, 0.01, 0.05, 7]) requests.record({ ...asked, seconds });
    requests.record({ ...asked, status: 401, seconds: 0 });
    const { resourceMetrics } = await requests.collect();
    const [metric] = resourceMetrics.scopeMetrics[0]?.metrics ?? [];
    assert.equal(metric?.descriptor.name, 'holdfast_request_duration_seconds');
    assert.deepEqual(
      metric.dataPoints.map(({ attributes, value }) => [attributes['status'], value]),
      [
        [200, { buckets: { boundaries: [0.01, 0.1], counts: [2, 1, 1] }, sum: 7.061, count: 4 }],
        [401, { buckets: { boundaries: [0.01, 0.1], counts: [1, 0, 0] }, sum: 0, count: 1 }],
      ],
    );
  });
});
