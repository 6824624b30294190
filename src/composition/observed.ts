import { readFileSync } from 'node:fs';
import { createRefusalAnswers } from '../http/refusal-answer.js';
import { createSecurityEvents } from '../observability/events.js';
import { createMetrics } from '../observability/metrics.js';
import { createRefusalLog } from '../observability/refusal-log.js';
import { renderRefusal, sayRefusal } from '../provider/refusal-page.js';
import { createObservationLog } from '../resource/observation-log.js';
import type { Storage } from '../storage/storage.js';
import { loadAssets } from '../web/assets.js';
import { lookOf } from '../web/look.js';
import { siteOf } from '../web/site.js';
import { requestCircumstances } from './circumstances.js';
import type { AppOptions } from './options.js';

export type Observed = ReturnType<typeof observe>;

/** What watches: log, metrics, events, and what a refusal looks like. */
export function observe(storage: Storage, { config, clock, logger }: AppOptions) {
  const metrics = createMetrics();
  metrics.observePool(() => storage.poolState());
  const events = createSecurityEvents(logger, metrics);
  const refusalLog = createRefusalLog({ store: storage.refusals, logger, metrics, clock });
  const observationLog = createObservationLog({ store: storage.observations, logger, clock });
  const { look, assets } = lookOf(config.brand, loadAssets(), readFileSync);
  const site = siteOf(config, assets, look);
  const answer = createRefusalAnswers(config, renderRefusal({ site, clock }), sayRefusal(site));
  const circumstances = requestCircumstances();
  return { metrics, events, refusalLog, observationLog, site, answer, circumstances };
}
