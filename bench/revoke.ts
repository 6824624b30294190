import { setTimeout as wait } from 'node:timers/promises';
import type { Bench, Competitor, Name } from './competitors.js';
import { Connection, formPost } from './load/connection.js';
import { print, type Line } from './report.js';
import { note } from './rounds.js';

const pollers = 8;
const listenOnMilliseconds = 60;

/**
 * While eight connections ask about a token without pause, it is revoked. How long the revocation takes, and how long
 * after its 200 an introspection that was sent after that 200 was still answered with active.
 */
export async function benchRevoke({ competitors }: Bench, tokens: number): Promise<Line[]> {
  const times = new Map<Name, number[]>();
  const stale = new Map<Name, number[]>();
  for (let index = 0; index < tokens; index++) {
    for (const competitor of competitors) {
      const token = competitor.credentials.accessTokens[index];
      if (token === undefined) throw new Error(`${competitor.name} has no token ${index}`);
      const { revocation, lastPositive } = await revokeOne(competitor, token);
      note(times, competitor.name, revocation);
      note(stale, competitor.name, lastPositive);
    }
  }
  const variant = 'last positive answer after the 200';
  return [
    ...print({ bench: 'revoke', variant: 'time to the 200, under 8 pollers', unit: 'ms', rounds: times }),
    ...print({ bench: 'revoke', variant, unit: 'ms', rounds: stale, against: ['stock oidc-provider'] }),
  ];
}

async function revokeOne(
  competitor: Competitor,
  token: string,
): Promise<{ revocation: number; lastPositive: number }> {
  const { target, credentials } = competitor;
  const { host } = new URL(target.issuer);
  const question = formPost(
    host,
    '/introspect',
    { Authorization: credentials.resourceServer },
    `token=${token}&token_type_hint=access_token`,
  );
  const positives: { sent: number; received: number }[] = [];
  const state = { stop: false };
  const poll = async (connection: Connection): Promise<void> => {
    while (!state.stop) {
      const sent = performance.now();
      const { body } = await connection.send(question);
      if (body.startsWith('{"active":true')) positives.push({ sent, received: performance.now() });
    }
  };
  const connections = await Promise.all(
    Array.from({ length: pollers + 1 }, () => Connection.open(target.port)),
  );
  const [revoker, ...askers] = connections;
  if (!revoker) throw new Error('no connection');
  const polling = Promise.all(askers.map(poll));
  // When something else fails first, that is what the person must see.
  polling.catch(() => undefined);
  for (let patience = 200; positives.length < pollers && patience > 0; patience--) await wait(10);
  if (positives.length < pollers) throw new Error(`${competitor.name} says that a live token is inactive`);

  const form = `token=${token}&client_id=${credentials.publicClient}`;
  const start = performance.now();
  const { status, body } = await revoker.send(formPost(host, '/revoke', {}, form));
  const done = performance.now();
  if (status !== 200) throw new Error(`${competitor.name} did not revoke: ${status} ${body}`);
  await wait(listenOnMilliseconds);
  state.stop = true;
  await polling;
  for (const connection of connections) connection.close();
  const after = positives.filter(({ sent }) => sent > done).map(({ received }) => received - done);
  return { revocation: done - start, lastPositive: Math.max(0, ...after) };
}
