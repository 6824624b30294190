import { z } from 'zod';
import type { Rotation } from '../provider/keystore.js';
import type { AdminPorts } from './admin-ports.js';
import { columns, done, failed, type Outcome } from './outcome.js';

export const rotateArguments = z.strictObject({
  emergency: z.boolean().default(false),
  kids: z.array(z.string()).default([]),
});

/** The published next keys sign from now on; in an emergency, the compromised keys leave the JWKS at once. */
export async function rotateKeys(
  ports: AdminPorts,
  wish: z.output<typeof rotateArguments>,
): Promise<Outcome> {
  const { keystore, config } = ports;
  if (!wish.emergency && wish.kids.length > 0) {
    return failed('usage', 'Key ids are for --emergency: without it every current key is replaced.');
  }
  const rotation = wish.emergency
    ? await keystore.replace(wish.kids.length > 0 ? wish.kids : undefined)
    : await keystore.rotate();
  const refused = refusalOf(rotation);
  if (refused) return refused;
  await ports.keysChanged();
  const keys = await ports.stores.signingKeys.list();
  const rows = keys.map(({ kid, algorithm, state, createdAt }) => [
    state,
    algorithm,
    kid,
    createdAt.toISOString(),
  ]);
  return done(
    {
      keys: keys.map(({ kid, algorithm, state, createdAt }) => ({
        kid,
        algorithm,
        state,
        created_at: createdAt.toISOString(),
      })),
    },
    `${columns([['STATE', 'KIND', 'KID', 'MADE'], ...rows])}\n` +
      `Other nodes follow within ${config.key_rotation.poll} seconds.`,
  );
}

function refusalOf(rotation: Rotation): Outcome | undefined {
  switch (rotation.outcome) {
    case 'rotated':
      return undefined;
    case 'too_young':
      return failed(
        'key_too_young',
        `The next key may still be unknown to verifiers that cache the JWKS; it can sign from ` +
          `${rotation.until.toISOString()} on. If a private key leaked: holdfast keys rotate --emergency`,
      );
    case 'unknown_key':
      return failed('key_unknown', `There is no key ${rotation.kids.join(', ')}. See: holdfast doctor`);
  }
}
