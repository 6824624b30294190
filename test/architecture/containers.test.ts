import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { root } from '../support/architecture/repository.js';

interface Service {
  readonly image?: string;
  readonly ports?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { condition: string }>>;
  readonly healthcheck?: object;
  readonly volumes?: readonly string[];
}

const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const dockerfile = read('Dockerfile');
const compose = parse(read('docker-compose.yml')) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const services = Object.entries(compose.services);

describe('the containers', () => {
  it('come from images of an exact version', () => {
    const stages = [...dockerfile.matchAll(/ AS (\w+)$/gm)].map((match) => match[1]);
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map((match) => match[1] ?? '');
    const images = [...bases, ...services.flatMap(([, { image }]) => (image ? [image] : []))];
    const foreign = images.filter((image) => !stages.includes(image) && image !== 'holdfast:local');
    assert.ok(foreign.length >= 5);
    for (const image of foreign) assert.match(image, /:v?\d+\.\d+(\.\d+)?(-\w+)*$/);
  });

  it('run Holdfast on the Node that its tests ran on', () => {
    const { version } = JSON.parse(read('node_modules/node/package.json')) as { version: string };
    assert.ok(dockerfile.includes(`FROM node:${version}-`), `Dockerfile does not use Node ${version}`);
  });

  it('run Holdfast as nobody special, on a read-only root, with a health check', () => {
    assert.match(dockerfile.slice(dockerfile.lastIndexOf('FROM')), /^USER node$/m);
    assert.match(dockerfile, /^HEALTHCHECK .*[^]*\/readyz/m);
    assert.equal(compose.services['holdfast']?.read_only, true);
    assert.deepEqual(compose.services['holdfast']?.cap_drop, ['ALL']);
  });

  it('run the standalone gateway as nobody special, with a health check, and its key in no layer', () => {
    const stage = /^FROM \S+ AS gateway\n([^]*?)(?=^FROM )/m.exec(dockerfile)?.[1] ?? '';
    assert.match(stage, /^USER node$/m);
    assert.match(stage, /^HEALTHCHECK .*[^]*\/readyz/m);
    assert.match(stage, /^ENTRYPOINT .*"gateway"\]$/m);
    assert.doesNotMatch(stage, /KEY|SECRET/);
  });

  it('publish ports on the loopback address alone', () => {
    const published = services.flatMap(([, { ports }]) => ports ?? []);
    assert.ok(published.length > 0);
    for (const port of published) assert.match(port, /^127\.0\.0\.1:/);
  });

  it('migrate a healthy database before Holdfast starts, and declare its volume', () => {
    assert.equal(compose.services['migrate']?.depends_on?.['postgres']?.condition, 'service_healthy');
    assert.equal(
      compose.services['holdfast']?.depends_on?.['migrate']?.condition,
      'service_completed_successfully',
    );
    assert.ok(compose.services['postgres']?.healthcheck);
    const named = services.flatMap(([, { volumes }]) => volumes ?? []).map((volume) => volume.split(':')[0]);
    assert.deepEqual(new Set(named), new Set(Object.keys(compose.volumes)));
  });
});
