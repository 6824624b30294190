import { rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chapter, dollars, end, otherwise, title } from './terminal.js';
import { buildStage } from './stage.js';
import { tellAda, tellRevocation, Unexpected } from './story.js';
import { tellStepUp } from './step-up.js';
import { tellLaptop, tellThief } from './theft.js';

const folder = await mkdtemp(path.join(tmpdir(), 'holdfast-demo-'));
const started = performance.now();
title(
  'Holdfast: what a thief steals is worth nothing',
  'provider and gateway in this process, offline, real HTTP',
);
const stage = await buildStage();
chapter('On stage', `provider ${stage.issuer} · gateway ${stage.gateway.origin}`);

try {
  const ada = await tellAda(stage, path.join(folder, 'login.json'));
  await tellThief(stage, ada);
  const steppedUp = await tellStepUp(stage, ada, path.join(folder, 'login.json'));
  await tellRevocation(stage, await tellLaptop(stage, steppedUp));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  end(
    true,
    `Ada spent ${dollars(stage.meter.microDollars)}. The thief got $0.00 of it. Told in ${seconds} s.`,
  );
} catch (error) {
  if (error instanceof Unexpected) otherwise(error.what, error.message);
  else
    otherwise('the story broke off', error instanceof Error ? (error.stack ?? error.message) : String(error));
  end(false, 'That is not how it should have gone.');
  process.exitCode = 1;
} finally {
  await stage.close();
  await rm(folder, { recursive: true, force: true });
}
