import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import {
  CompactSign,
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  FlattenedSign,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose';
import { sha256 } from '../../../src/lib/hashing.js';
import { newAccessToken, newRefreshToken } from '../../../src/lib/opaque-token.js';
import { systemRandom } from '../../../src/lib/random.js';
import { introspect } from '../../../src/resource/introspection-service.js';
import { revoke } from '../../../src/resource/revocation-service.js';
import { handMadeJwt } from '../../support/hand-made-proof.js';
import { cheap, issuer, models, resourceDesk } from '../../support/resource-desk.js';

const inactive = { active: false };

describe('introspection', () => {
  it('tells the resource server of a bound opaque token all that it needs, and never the token', async () => {
    const { ports, mintAccessToken, now } = await resourceDesk();
    const token = await mintAccessToken();
    const answer = await introspect(ports, token, 'gateway');
    assert.deepEqual(answer, {
      active: true,
      iss: issuer,
      client_id: 'app',
      scope: 'chat',
      sub: 'acc_1',
      aud: models,
      exp: now() + 300,
      iat: now(),
      token_type: 'DPoP',
      cnf: { jkt: 'the-thumbprint' },
      acr: 'urn:holdfast:acr:phr',
      amr: ['pop', 'user', 'mfa'],
      auth_time: now() - 60,
    });
    assert.ok(!JSON.stringify(answer).includes(token.slice(13, 37)));
  });

  it('tells of a JWT access token likewise, by its row, with its jti', async () => {
    const { ports, mintJwt } = await resourceDesk();
    for (const algorithm of ['ES256', 'RS256']) {
      const token = await mintJwt({}, algorithm);
      const answer = await introspect(ports, token, 'gateway');
      assert.ok(answer.active);
      assert.equal(answer.jti, decodeJwt(token).jti);
      assert.equal(answer.sub, 'acc_1');
    }
  });

  it('leaves out sub, acr and auth_time for a client of its own', async () => {
    const { ports, mintAccessToken } = await resourceDesk();
    const own = { kind: 'ClientCredentials', accountId: undefined, acr: undefined, amr: undefined } as const;
    const token = await mintAccessToken({ ...own, authTime: undefined, grantId: undefined });
    const answer = await introspect(ports, token, 'gateway');
    assert.deepEqual(Object.keys(answer), [
      'active',
      'iss',
      'client_id',
      'scope',
      'aud',
      'exp',
      'iat',
      'token_type',
      'cnf',
    ]);
  });

  it('gives the unknown, expired, revoked, foreign, unbound and audience-less the same answer by the same statement', async () => {
    const desk = await resourceDesk();
    const { ports, mintAccessToken, mintJwt, clock, now } = desk;
    const revoked = [await mintAccessToken(), await mintJwt()];
    for (const token of revoked) await revoke(ports, { token, clientId: 'app', jkt: undefined });
    const expired = [
      await mintAccessToken({ expiresAt: now() + 10 }),
      await mintJwt({ expiresAt: now() + 10 }),
    ];
    clock.advance(11);
    const cases: Record<string, { token: string; caller?: string }[]> = {
      unknown: [
        { token: newAccessToken(systemRandom, now() + 300) },
        { token: await desk.signJwt({ jti: 'nobody' }) },
      ],
      expired: expired.map((token) => ({ token })),
      revoked: revoked.map((token) => ({ token })),
      'of another resource': [{ token: await mintAccessToken(), caller: 'other-gateway' }],
      'its own client asks': [{ token: await mintAccessToken(), caller: 'app' }],
      'of a resource that is gone': [{ token: await mintAccessToken({ audience: 'https://gone.example/' }) }],
      'without audience': [{ token: await mintAccessToken({ audience: undefined }) }],
      'without a key': [{ token: await mintAccessToken({ jkt: undefined }) }],
    };
    for (const [name, asked] of Object.entries(cases)) {
      for (const { token, caller = 'gateway' } of asked) {
        const statements = await desk.statementsOf(async () => {
          assert.deepEqual(await introspect(ports, token, caller), inactive, name);
        });
        assert.deepEqual(statements, ['access_token.find'], name);
      }
    }
  });

  it('tells of no unbound token, wherever it is from', async () => {
    const { ports, mintAccessToken } = await resourceDesk();
    const unbound = await mintAccessToken({ audience: cheap, jkt: undefined });
    assert.deepEqual(await introspect(ports, unbound, 'gateway'), inactive);
    const bound = await mintAccessToken({ audience: cheap });
    assert.equal((await introspect(ports, bound, 'gateway')).active, true);
  });

  it('expires a token at its second, not after', async () => {
    const { ports, mintAccessToken, clock } = await resourceDesk();
    const token = await mintAccessToken();
    clock.advance(299);
    assert.ok((await introspect(ports, token, 'gateway')).active);
    clock.advance(1);
    assert.deepEqual(await introspect(ports, token, 'gateway'), inactive);
  });

  it('asks the database nothing about what is malformed or out of time', async () => {
    const desk = await resourceDesk();
    const good = await desk.mintAccessToken();
    const hours = (count: number) => newAccessToken(systemRandom, desk.now() + count * 3600);
    const nonsense = [
      '',
      'x',
      'a.b.c',
      `${good}x`,
      good.slice(0, -1),
      `${good.slice(0, -1)}!`,
      'hldf_at_',
      hours(3),
    ];
    for (const token of [...nonsense, hours(-3), 'x'.repeat(50_000), `${'e'.repeat(9000)}.e.e`]) {
      const statements = await desk.statementsOf(async () => {
        assert.deepEqual(await introspect(desk.ports, token, 'gateway'), inactive);
      });
      assert.deepEqual(statements, [], token.slice(0, 50));
    }
  });

  it('takes no other JWT for an access token, whatever its header says (threats 27 and 28)', async () => {
    const desk = await resourceDesk();
    const good = await desk.mintJwt();
    const claims = decodeJwt(good);
    const published = desk.keys.snapshot.published.find((key) => key.alg === 'ES256');
    const kid = published?.kid;
    const foreign = await generateKeyPair('ES256', { extractable: true });
    const byForeignKey = (header: Record<string, unknown>) =>
      new CompactSign(Buffer.from(JSON.stringify(claims)))
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', ...header })
        .sign(foreign.privateKey);
    const ourKey = await importJWK(
      desk.keys.snapshot.signing.find((key) => key.alg === 'ES256') as JWK,
      'ES256',
    );
    const byOurKey = (extra: Record<string, unknown>) =>
      new CompactSign(Buffer.from(JSON.stringify(claims)))
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: String(kid), ...extra })
        .sign(ourKey, { crit: { 'https://x.example/': true } });
    assert.ok((await introspect(desk.ports, await byOurKey({}), 'gateway')).active);
    const unencoded = async () => {
      const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
      const jws = await new FlattenedSign(Buffer.from(payload))
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: String(kid), crit: ['b64'], b64: false })
        .sign(ourKey);
      return `${jws.protected}.${payload}.${jws.signature}`;
    };
    const types = ['JWT', 'logout+jwt', 'secevent+jwt', 'dpop+jwt', 'dbsc+jwt', 'token-introspection+jwt'];
    const header = { typ: 'at+jwt', kid };
    const hmacInput = handMadeJwt({ ...header, alg: 'HS256' }, claims, '').slice(0, -1);
    const publicKeyAsSecret = createHmac('sha256', JSON.stringify(published))
      .update(hmacInput)
      .digest('base64url');
    const foreignJwk = await exportJWK(foreign.publicKey);
    const attempts: Record<string, string> = {
      none: handMadeJwt({ ...header, alg: 'none' }, claims, ''),
      hs256: `${hmacInput}.${publicKeyAsSecret}`,
      'other issuer': await desk.signJwt({ ...claims, iss: 'https://evil.example' }),
      'no jti': await desk.signJwt({ ...claims, jti: undefined }),
      'no client_id': await desk.signJwt({ ...claims, client_id: undefined }),
      'signature of another': `${good.split('.').slice(0, 2).join('.')}.${(await desk.signJwt({})).split('.')[2]}`,
      'foreign key': await byForeignKey({ kid }),
      'embedded jwk': await byForeignKey({ jwk: foreignJwk }),
      jku: await byForeignKey({ kid, jku: 'https://evil.example/jwks' }),
      'kid that is a path': await byForeignKey({ kid: '../../../../etc/passwd' }),
      'kid that is SQL': await byForeignKey({ kid: `' or 1=1 --` }),
      'kid of 10 kB': await byForeignKey({ kid: 'k'.repeat(10_000) }),
      'unknown crit': await byOurKey({ crit: ['https://x.example/'], 'https://x.example/': 1 }),
      'b64 false': await unencoded(),
      ...Object.fromEntries(
        await Promise.all(types.map(async (type) => [type, await desk.signJwt(claims, { type })] as const)),
      ),
    };
    assert.ok((await introspect(desk.ports, good, 'gateway')).active);
    for (const [name, token] of Object.entries(attempts)) {
      const statements = await desk.statementsOf(async () => {
        assert.deepEqual(await introspect(desk.ports, token, 'gateway'), inactive, name);
      });
      assert.deepEqual(statements, [], name);
    }
  });

  it('keeps JWT access tokens alive over a rotation, and ends them with a compromised key', async () => {
    const { ports, mintJwt, keystore, keys, clock } = await resourceDesk();
    clock.advance(90 * 86_400);
    const token = await mintJwt();
    await keys.refresh();
    const signedBy = decodeProtectedHeader(token).kid;
    assert.ok(!keys.snapshot.signing.some((key) => key.kid === signedBy));
    assert.ok((await introspect(ports, token, 'gateway')).active);
    await keystore.replace([signedBy ?? '']);
    await keys.refresh();
    assert.deepEqual(await introspect(ports, token, 'gateway'), inactive);
  });

  it('shows a refresh token to its own client alone', async () => {
    const { ports, mintRefreshToken, now } = await resourceDesk();
    const token = await mintRefreshToken();
    assert.deepEqual(await introspect(ports, token, 'app'), {
      active: true,
      iss: issuer,
      client_id: 'app',
      scope: 'openid chat',
      sub: 'acc_1',
      exp: now() + 1000,
      iat: now(),
      cnf: { jkt: 'the-thumbprint' },
    });
    assert.deepEqual(await introspect(ports, token, 'gateway'), inactive);
  });

  it('gives unknown, used, expired and revoked refresh tokens the same answer by the same statement', async () => {
    const desk = await resourceDesk();
    const { ports, mintRefreshToken, clock, now } = desk;
    const used = await mintRefreshToken({ grantId: 'grant_2' });
    await ports.refreshTokens.consume(sha256(used), 'sealed', new Date(clock.now()));
    const revoked = await mintRefreshToken();
    await revoke(ports, { token: revoked, clientId: 'app', jkt: undefined });
    const expired = await mintRefreshToken({ grantId: 'grant_2', expiresAt: now() });
    for (const token of [newRefreshToken(systemRandom), used, revoked, expired]) {
      const statements = await desk.statementsOf(async () => {
        assert.deepEqual(await introspect(ports, token, 'app'), inactive);
      });
      assert.deepEqual(statements, ['refresh_token.find']);
    }
  });
});
