import { strict as assert } from 'node:assert';
import { createSecurityEvents } from '../../../src/observability/events.js';
import { checkReadiness, type DatabaseHealth } from '../../../src/observability/health.js';
import { createLogger } from '../../../src/observability/logger.js';
import {
  startManagementServer,
  type ManagementServer,
} from '../../../src/observability/management-server.js';
import { createMetrics } from '../../../src/observability/metrics.js';

describe('the management port', () => {
  const metrics = createMetrics();
  const lines: string[] = [];
  const logger = createLogger({ log_level: 'info' }, { write: (line) => lines.push(line) });
  const state = { answers: true, pending: [] as string[], draining: false, configRefused: false, feed: true };
  const database: DatabaseHealth = {
    ping: async () => {
      if (!state.answers) throw new Error('away');
      return true;
    },
    pendingMigrations: async () => state.pending,
  };
  let server: ManagementServer;
  const get = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${server.port}${path}`, init);

  before(async () => {
    const readiness = () => checkReadiness(database, state);
    server = await startManagementServer({ host: '127.0.0.1', port: 0, metrics, readiness, logger });
  });
  after(() => server.close());

  it('serves metrics in the text format of Prometheus, with events, refusals, requests and the pool', async () => {
    createSecurityEvents(logger, metrics).tokenMisuse({ clientId: 'cli', how: 'bearer' });
    metrics.refused('token_wrong_key');
    metrics.requestFinished({ method: 'POST', route: '/token', status: 200, seconds: 0.003 });
    metrics.observePool(() => ({ open: 2, idle: 1, waiting: 0 }));
    const text = await (await get('/metrics')).text();
    assert.match(text, /holdfast_security_events_total\{event="token_misuse"[^}]*\} 1/);
    assert.match(text, /holdfast_refusals_total\{code="token_wrong_key"[^}]*\} 1/);
    assert.match(text, /holdfast_request_duration_seconds_bucket\{.*route="\/token".*le="0.005".*\} 1/);
    assert.match(text, /holdfast_database_connections\{state="idle"[^}]*\} 1/);
    assert.match(lines.join(''), /"event":"token_misuse"/);
  });

  it('says that the process runs, whatever the database does', async () => {
    state.answers = false;
    assert.equal((await get('/healthz')).status, 200);
    state.answers = true;
  });

  it('is ready only with a database, no pending migration, and while it does not drain', async () => {
    const ready = async () => {
      const response = await get('/readyz');
      return [response.status, await response.json()];
    };
    const all = {
      ready: true,
      database: true,
      draining: false,
      pending_migrations: [],
      config_refused: false,
      feed: true,
    };
    state.configRefused = true;
    assert.deepEqual(await ready(), [200, { ...all, config_refused: true }], 'it serves all the same');
    state.configRefused = false;
    state.feed = false;
    assert.deepEqual(await ready(), [200, { ...all, feed: false }], 'it answers from the database');
    state.feed = true;
    assert.deepEqual(await ready(), [200, all]);
    state.pending = ['AddGrants'];
    assert.deepEqual(await ready(), [503, { ...all, ready: false, pending_migrations: ['AddGrants'] }]);
    state.pending = [];
    state.answers = false;
    assert.deepEqual(await ready(), [503, { ...all, ready: false, database: false }]);
    state.answers = true;
    state.draining = true;
    assert.deepEqual(await ready(), [503, { ...all, ready: false, draining: true }]);
  });

  it('serves nothing else', async () => {
    assert.equal((await get('/')).status, 404);
    assert.equal((await get('/metrics', { method: 'POST' })).status, 405);
  });
});
