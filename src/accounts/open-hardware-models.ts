import { readFile } from 'node:fs/promises';
import type { Config } from '../config/schema.js';
import { type Clock } from '../lib/clock.js';
import { codeOf } from '../lib/error-code.js';
import type { HardwareModels } from './hardware-models.js';
import { AttestationMetadataUnusable, readMetadataBlob } from './metadata-blob.js';

/** The models of the operator's metadata file; undefined where there is none. Throws AttestationMetadataUnusable. */
export async function openHardwareModels(
  { attestation: { metadata, root } }: Pick<Config, 'attestation'>,
  clock: Clock,
): Promise<HardwareModels | undefined> {
  if (metadata === undefined) return undefined;
  const blob = await read(metadata);
  return await readMetadataBlob(
    blob,
    root === undefined ? undefined : await read(root),
    new Date(clock.now()),
  );
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const missing = codeOf(error) === 'ENOENT';
    throw new AttestationMetadataUnusable(
      missing ? `there is no file ${file}` : `${file} can’t be read (${codeOf(error) ?? 'unknown'})`,
      error,
    );
  }
}
