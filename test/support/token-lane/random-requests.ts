import type { ProofKey } from '../../../src/proof/create-proof.js';
import { gatewayA, gatewayB, jwtGateway, secretOf } from '../clients.js';
import { basic } from '../device.js';
import { craftProof } from '../hand-made-proof.js';
import type { Draw } from './random-cases.js';

/** A request as it is planned: the same is sent to both, with another token and another proof. */
export interface RequestPlan {
  readonly grantType: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Pairs, because a name may come twice. `TOKEN` stands for the refresh token. */
  readonly form: readonly (readonly [string, string])[];
  readonly proof: ProofPlan;
}

export interface ProofPlan {
  readonly by: 'owner' | 'somebody' | 'nobody';
  readonly claims: Readonly<Record<string, unknown>>;
  readonly header: Readonly<Record<string, unknown>>;
  readonly nonce: 'present' | 'other' | 'old' | 'none';
  /** Whether it was sent before, with a request of its own. */
  readonly replayed: boolean;
}

export function isPublic(clientId: string): boolean {
  return clientId === 'spa' || clientId === 'cli' || clientId.startsWith('stored-app');
}

/** What a client usually asks for. */
function usualGrant(draw: Draw, clientId: string): string {
  if (clientId.includes('service'))
    return draw.of('client_credentials', 'client_credentials', 'refresh_token');
  return clientId === 'web' ? draw.of('refresh_token', 'client_credentials') : 'refresh_token';
}

export function planRequest(draw: Draw, clientId: string, address: string): RequestPlan {
  const grantType = draw.chance(0.95) ? usualGrant(draw, clientId) : 'client_credentials';
  // Most requests are as they should be, but for one thing, or nothing is ever got to the end.
  const odd = draw.chance(0.4) ? draw.of('client', 'parameter', 'header', 'proof', 'proof') : undefined;
  const client = credentialsOf(draw, clientId, odd === 'client');
  return {
    grantType,
    headers: { ...client.headers, ...headersOf(draw, odd === 'header') },
    form: [
      ['grant_type', grantType],
      ...(grantType === 'refresh_token' ? ([['refresh_token', 'TOKEN']] as const) : []),
      ...client.form,
      ...asked(draw, odd === 'parameter'),
    ],
    proof: odd === 'proof' ? oddProof(draw, address) : plainProof(address),
  };
}

function credentialsOf(draw: Draw, clientId: string, odd: boolean) {
  const named = ['client_id', clientId] as const;
  const [right, wrong] = [basic(clientId, secretOf(clientId)), basic(clientId, 'wrong')];
  if (odd) {
    return draw.of(
      { headers: {}, form: [] },
      { headers: wrong, form: [] },
      { headers: right, form: [['client_id', 'web']] as const },
      { headers: {}, form: [named, ['client_secret', secretOf(clientId)]] as const },
      { headers: basic('nobody', 'x'), form: [] },
      { headers: {}, form: [['client_id', 'nobody']] as const },
      { headers: { authorization: 'Basic !!!' }, form: [] },
    );
  }
  if (isPublic(clientId)) return { headers: {}, form: [named] };
  return { headers: right, form: draw.of([], [named]) };
}

function headersOf(draw: Draw, odd: boolean): Record<string, string> {
  if (!odd) return draw.of({}, {}, { origin: 'https://app.test' });
  return draw.of<Record<string, string>>(
    { origin: 'https://elsewhere.test' },
    { 'content-type': 'application/json' },
    { 'content-type': 'Application/X-WWW-Form-Urlencoded; Charset=UTF-8' },
    { accept: 'text/html' },
    { 'oauth-client-attestation': 'x' },
  );
}

function asked(draw: Draw, odd: boolean): readonly (readonly [string, string])[] {
  const resource = draw.of<readonly (readonly [string, string])[]>(
    [],
    [],
    [['resource', gatewayA]],
    [['resource', gatewayA]],
    [['resource', gatewayA]],
    [['resource', draw.of(gatewayB, jwtGateway)]],
  );
  const scope = draw.of<readonly (readonly [string, string])[]>(
    [],
    [['scope', 'model:call']],
    [['scope', 'model:read']],
    [['scope', 'model:read openid']],
  );
  if (!odd) return [...resource, ...scope];
  return draw.of<readonly (readonly [string, string])[]>(
    [['scope', 'model:call admin']],
    [['scope', 'model:call "']],
    [['scope', '']],
    [
      ['scope', 'model:call'],
      ['scope', 'model:read'],
    ],
    [
      ['resource', gatewayA],
      ['resource', gatewayB],
    ],
    [['resource', 'https://unknown.test/']],
    [['resource', 'not a uri']],
    [
      ['resource', jwtGateway],
      ['scope', 'jwt:call'],
    ],
    [['grant_type', 'refresh_token']],
    [['unknown', 'x']],
    [['authorization_details', '[]']],
    [['authorization_details', '{']],
    [['refresh_token', 'hldf_rt_none']],
  );
}

function plainProof(htu: string): ProofPlan {
  return { by: 'owner', claims: { htu }, header: {}, nonce: 'present', replayed: false };
}

function oddProof(draw: Draw, htu: string): ProofPlan {
  const plain = plainProof(htu);
  const now = Math.floor(Date.now() / 1000);
  const claims = (more: Record<string, unknown>): ProofPlan => ({ ...plain, claims: { htu, ...more } });
  return draw.of<ProofPlan>(
    { ...plain, by: 'somebody' },
    { ...plain, by: 'somebody' },
    { ...plain, by: 'nobody' },
    { ...plain, replayed: true },
    { ...plain, replayed: true },
    { ...plain, nonce: 'other' },
    { ...plain, nonce: 'old' },
    { ...plain, nonce: 'none' },
    { ...plain, header: { typ: 'JWT' } },
    { ...plain, header: { kid: 'a' } },
    claims({ iat: now - 400 }),
    claims({ iat: now + 60 }),
    claims({ iat: now - 200 }),
    claims({ htm: 'GET' }),
    claims({ htu: 'https://elsewhere.test/token' }),
    claims({ htu: `${htu}?query` }),
    claims({ htu: htu.toUpperCase() }),
    claims({ exp: now - 10 }),
    claims({ nbf: now + 1000 }),
    claims({ exp: now + 100 }),
    claims({ jti: '' }),
    claims({ jti: 'x'.repeat(500) }),
    claims({ ath: 'x' }),
    claims({ ath: 7 }),
  );
}

/** The proof of one request, or none. */
export async function proofAs(
  { by, claims, header, nonce }: ProofPlan,
  keys: { readonly owner: ProofKey; readonly somebody: ProofKey },
  nonces: { readonly present: string; readonly other: string; readonly old: string },
): Promise<string | undefined> {
  if (by === 'nobody') return undefined;
  const said = nonce === 'none' ? {} : { nonce: nonces[nonce] };
  return craftProof(keys[by], { ...said, ...claims }, header);
}
