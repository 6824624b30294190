import type { LoadedConfig } from '../config/load.js';
import { describeProblem } from '../config/problem.js';
import { tierOf } from '../stepup/tier-policy.js';
import type { Finding } from './doctor-command.js';
import { done, failed, type Outcome } from './outcome.js';
import { describeTiers, explainTiers } from './tiers-explained.js';

/** `config check`: what is wrong with the configuration, or what it makes calls demand. */
export function checkConfig(
  loaded: LoadedConfig,
  models: readonly string[],
  attestation: Finding | undefined,
): Outcome {
  if (!loaded.ok) return failed('config_invalid', loaded.problems.map(describeProblem).join('\n'));
  if (attestation?.state === 'failure') return failed('config_invalid', attestation.says);
  const { file, config } = loaded;
  const outdated = attestation?.state === 'warning' ? [`attestation.metadata: ${attestation.says}`] : [];
  const warnings = [...loaded.warnings.map(describeProblem), ...outdated];
  const tiers = explainTiers(config.tiers, models);
  const nowhere = models.filter((model) => !tierOf(config.tiers, model));
  const text = [
    `The configuration is valid. Issuer: ${config.issuer}`,
    ...warnings.map((line) => `  ${line}`),
    '',
    ...describeTiers(tiers, nowhere),
  ];
  return done({ file, issuer: config.issuer, warnings, tiers, models_of_no_tier: nowhere }, text.join('\n'));
}
