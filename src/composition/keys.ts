import { createKeystore } from '../provider/keystore.js';
import { openSigningKeys } from '../provider/signing-keys.js';
import type { Storage } from '../storage/storage.js';
import type { Observed } from './observed.js';
import type { AppOptions } from './options.js';

export async function openKeys(
  storage: Storage,
  { config, masterKey, clock, logger }: AppOptions,
  { events }: Observed,
) {
  const keystore = createKeystore({
    store: storage.signingKeys,
    masterKey,
    clock,
    settings: () => config.key_rotation,
  });
  const signingKeys = await openSigningKeys({
    keystore,
    onError: (error) => logger.error({ err: error }, 'the signing keys could not be read'),
  });
  signingKeys.onChange(({ signing }) => {
    events.keysRotated({ kids: signing.map((key) => key.kid ?? '') });
  });
  return { keystore, signingKeys };
}
