import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Cast } from '../examples/demo/cast.js';
import { letIn } from '../examples/demo/owner.js';
import { buildHttpsStage } from '../examples/demo/https-stage.js';
import { Person } from '../examples/demo/person.js';
import { drawRecording, type RecordedStep } from '../examples/demo/recording.js';
import { buildStage } from '../examples/demo/stage.js';
import { play } from '../examples/demo/story.js';
import { cameOf, factOf } from '../src/demo/demo-step-page.js';
import { scenes } from '../src/demo/scene.js';
import { amountIn } from '../src/lib/figures.js';
import { catalogue } from '../src/web/words/words.js';

/* `npm run record`: plays the story of the demo on servers of its own and draws it, with the figures of that run, for the README. */

const target = process.argv[2] ?? path.resolve(import.meta.dirname, '../../docs/shots/demo.svg');
const speaker = { words: catalogue.en, locale: 'en' } as const;
const { demo } = catalogue.en;

const folder = await mkdtemp(path.join(tmpdir(), 'holdfast-recording-'));
const [stage, https] = await Promise.all([buildStage(), buildHttpsStage()]);
try {
  const steps: RecordedStep[] = [];
  let lost = 0;
  const cast: Cast = {
    servers: stage,
    person: new Person('You', stage.issuer),
    clientId: 'example-cli',
    file: path.join(folder, 'login.json'),
    hear: () => {},
    https: async () => https,
  };
  await letIn(cast, `${cast.file}.first`, (address) => cast.person.signUp(address));
  for (const scene of scenes) {
    const before = stage.meter.microDollars;
    const result = await play(cast, scene.name);
    // The gateway's own meter, not what its answers say.
    if (scene.side === 'thief') lost += stage.meter.microDollars - before;
    const { name, side, ends } = scene;
    const came = cameOf(speaker, scene, result);
    steps.push({ side, ends, does: demo.steps[name], came, fact: factOf(speaker, scene, result) });
  }
  const tries = scenes.filter(({ side, answer }) => side === 'thief' && answer !== undefined).length;
  const { you, thief, lost: lostWords } = demo;
  const amount = amountIn('en', lost);
  const ending = demo.ending(tries, amount);
  await writeFile(target, drawRecording({ you, thief, lostWords, lost: amount, ending, steps }));
  console.log(`${target}: ${ending}`);
} finally {
  await Promise.all([stage.close(), https.close()]);
  await rm(folder, { recursive: true, force: true });
}
