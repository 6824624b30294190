import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openCertificates } from '../../../src/composition/live-certificates.js';
import { configSchema } from '../../../src/config/schema.js';
import { localCertificateFiles } from '../../../src/config/data-folder.js';
import type { TlsFiles } from '../../../src/http/listener.js';
import { systemClock } from '../../../src/lib/clock.js';
import { systemRandom } from '../../../src/lib/random.js';
import { createLogger } from '../../../src/observability/logger.js';
import { eventually } from '../../support/database-waits.js';

const hour = 3_600_000;
const day = 24 * hour;

describe('the certificate for localhost of a server that runs on and on', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'renewed-certificate-'));
  const ownInterval = globalThis.setInterval;
  const stops: (() => void)[] = [];
  afterEach(() => {
    globalThis.setInterval = ownInterval;
    for (const stop of stops.splice(0)) stop();
  });
  after(() => rmSync(folder, { recursive: true }));

  const config = { ...configSchema.parse({ tls: { local: true } }), data_dir: folder } as never;
  let daysLater = 0;
  let lines: string[] = [];

  const told = (words: string) => eventually(async () => lines.some((line) => line.includes(words)));

  /** Opens it as the server does; `intervals` are what it would do again and again, for the test to do at once. */
  async function running() {
    lines = [];
    const certificates = await openCertificates({
      config,
      masterKey: new Uint8Array(32),
      clock: { now: () => systemClock.now() + daysLater * day },
      random: systemRandom,
      logger: createLogger({ log_level: 'info' }, { write: (line) => lines.push(line) }),
    } as never);
    const intervals: { run: () => void; milliseconds: number | undefined }[] = [];
    globalThis.setInterval = ((run: () => void, milliseconds?: number) => {
      intervals.push({ run, milliseconds });
      return ownInterval(() => {}, day).unref();
    }) as typeof setInterval;
    const presented: TlsFiles[] = [];
    stops.push(certificates.watch((files) => presented.push(files)));
    globalThis.setInterval = ownInterval;
    return { certificates, intervals, presented };
  }

  it('is renewed within the hour, once ten days are left, and presented without a restart', async () => {
    const { certificates, intervals, presented } = await running();
    assert.deepEqual(
      intervals.map(({ milliseconds }) => milliseconds),
      [hour],
    );
    daysLater = 21;
    intervals[0]?.run();
    await told('was renewed');
    assert.equal(presented.length, 1);
    assert.notEqual(presented[0]?.cert, certificates.tls?.cert);
  });

  it('is made anew on being told to look, where its file is gone', async () => {
    const { certificates, presented } = await running();
    rmSync(localCertificateFiles({ data_dir: folder }).leaf);
    certificates.reload();
    await told('was renewed');
    assert.equal(presented.length, 1);
  });

  it('stays what it was where it can’t be renewed, and says so', async () => {
    const { certificates, presented } = await running();
    const { folder: inside } = localCertificateFiles({ data_dir: folder });
    rmSync(inside, { recursive: true });
    writeFileSync(inside, 'in the way');
    certificates.reload();
    await told('could not be renewed');
    assert.deepEqual(presented, []);
    rmSync(inside);
  });
});
