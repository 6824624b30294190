import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Run } from '../../src/demo/scene.js';
import type { SoftwareAuthenticator } from '../support/software-authenticator.js';
import type { Cast, Servers } from './cast.js';
import { Person } from './person.js';
import { SharedStage } from './shared-stage.js';
import { play } from './story.js';

export interface VisitOptions extends Servers {
  readonly clientId: string;
  /** Makes an account whose passkey is in this authenticator; undoes it when called again. */
  readonly enrol: (authenticator: SoftwareAuthenticator) => Promise<() => Promise<void>>;
}

const onHttps = new SharedStage();

/** A run of the story on servers that run already, with an account of its own. */
export async function beginRun({ clientId, enrol, ...servers }: VisitOptions): Promise<Run> {
  const person = new Person('You', servers.issuer);
  const remove = await enrol(person.authenticator);
  const folder = await mkdtemp(path.join(tmpdir(), 'holdfast-demo-'));
  const place = onHttps.admit();
  const cast: Cast = {
    servers,
    person,
    clientId,
    file: path.join(folder, 'login.json'),
    hear: () => {},
    https: place.stage,
  };
  return {
    play: (name) => play(cast, name),
    close: async () => {
      await rm(folder, { recursive: true, force: true });
      await place.leave();
      await remove();
    },
  };
}
