/** The areas of src/ and what each may import: the wall of docs/ARCHITECTURE.md. */
const base = ['lib', 'config', 'observability'];
const lower = ['mail', 'accounts', 'usage', 'binding', 'stepup', 'keys', 'risk'];
const upper = [...base, 'proof', 'dbsc', ...lower, 'provider', 'resource'];

export const areas: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  config: ['lib'],
  observability: ['lib', 'config'],
  proof: ['lib'],
  /** Installed by client apps, too; our own login session goes by the same code. */
  dbsc: ['lib', 'proof'],
  http: base,
  web: base,
  mail: base,
  accounts: [...base, 'mail'],
  usage: base,
  binding: [...base, 'proof', 'dbsc', 'mail', 'accounts'],
  stepup: [...base, 'mail', 'accounts', 'binding'],
  keys: [...base, 'mail', 'accounts', 'usage'],
  risk: [...base, 'mail', 'usage', 'accounts', 'keys', 'binding'],
  provider: [...base, 'proof', 'dbsc', ...lower],
  resource: [...base, 'proof', 'dbsc', ...lower, 'provider'],
  console: upper,
  /** A page for development: its story is told by examples/demo, which app.ts hands in. */
  demo: [...base, 'provider'],
  admin: upper,
  /** Beneath app.ts: joins ports to implementations, so it sees everything but the roots. */
  composition: [
    ...upper,
    'http',
    'web',
    'resource',
    'console',
    'demo',
    'admin',
    'storage',
    'gateway',
    'client',
  ],
  storage: ['lib', 'config'],
  gateway: ['lib', 'proof'],
  client: ['lib', 'proof'],
};

/** Their policies may name the type of the words that their pages hand them. */
export const areasWithPages = ['provider', 'console', 'demo'];

/** Files straight in src/: the process, the composition root, the command. They may import everything. */
export const roots = ['src/main.ts', 'src/app.ts', 'src/cli.ts'];

/** Where a package that shapes the code may be imported. A role means files named so, in any area. */
export interface PackageHome {
  readonly packages: readonly string[];
  readonly areas: readonly string[];
  readonly roles?: readonly Role[];
}

export type Role = 'routes' | 'lane' | 'page' | 'island' | 'other';

export const packageHomes: readonly PackageHome[] = [
  { packages: ['oidc-provider'], areas: ['provider'] },
  { packages: ['typeorm', 'pg'], areas: ['storage', 'migrations'] },
  { packages: ['@electric-sql/pglite'], areas: ['storage'] },
  { packages: ['koa', '@koa/router'], areas: ['http', 'provider'], roles: ['routes'] },
  { packages: ['nodemailer'], areas: ['mail'] },
  { packages: ['web-push'], areas: ['stepup'] },
  { packages: ['@simplewebauthn/server'], areas: ['accounts', 'stepup'] },
  { packages: ['openid-client'], areas: ['accounts'] },
  { packages: ['@simplewebauthn/browser'], areas: [], roles: ['island'] },
  { packages: ['maxmind', 'bowser'], areas: ['accounts'] },
  { packages: ['preact', 'preact-render-to-string'], areas: ['web'], roles: ['page', 'island'] },
];

/** The one file that may reach into oidc-provider's own files, and the file that declares their types for it. */
export const deepImportHome = 'src/provider/internals.ts';
export const deepImportTypes = 'src/provider/oidc-provider-internals.d.ts';

/** All that these may import from outside, also through what they import. */
export const lightAreas: Readonly<Record<string, readonly string[]>> = {
  proof: ['jose'],
  dbsc: ['jose'],
  gateway: ['jose', 'undici'],
  client: ['jose', 'undici'],
};

/** `console-routes.ts`, `login-page.tsx`, `islands/passkey.island.tsx`: the role is in the name. */
export function roleOf(filePath: string): Role {
  if (/\/islands\//.test(filePath)) return 'island';
  if (/[/-]routes\.tsx?$/.test(filePath)) return 'routes';
  if (/[/-]lane\.ts$/.test(filePath)) return 'lane';
  if (/[/-]page\.tsx?$/.test(filePath)) return 'page';
  return 'other';
}

/** `provider` of `src/provider/claims.ts`; `migrations` of a migration; `''` of a file straight in src/. */
export function areaOf(filePath: string): string {
  const [top, area, ...rest] = filePath.split('/');
  if (top === 'migrations') return 'migrations';
  return rest.length > 0 ? (area ?? '') : '';
}
