import path from 'node:path';
import type { Import, SourceFile } from './source-file.js';
import {
  areaOf,
  areas,
  areasWithPages,
  deepImportHome,
  deepImportTypes,
  lightAreas,
  packageHomes,
  roleOf,
  roots,
} from './rules.js';

/** What a file imports against the rules, one sentence each; empty where it keeps them. */
export function importViolations(file: SourceFile, runtimePackages: readonly string[]): string[] {
  const area = areaOf(file.path);
  if (area === '' && !roots.includes(file.path))
    return [`${file.path}: only ${roots.join(', ')} lie straight in src/`];
  if (area !== '' && area !== 'migrations' && !areas[area])
    return [`${file.path}: ${area} is no area of rules.ts`];
  return file.imports
    .map((one) => problemOf(file.path, one, runtimePackages))
    .filter((problem) => problem !== undefined)
    .map((problem) => `${file.path}: ${problem}`);
}

function problemOf(
  from: string,
  { specifier, typeOnly }: Import,
  runtimePackages: readonly string[],
): string | undefined {
  if (specifier === undefined) return 'imports something computed, which no rule can see';
  if (specifier.startsWith('.')) return localProblem(from, resolveLocal(from, specifier), typeOnly);
  if (specifier.startsWith('/') || specifier.startsWith('file:'))
    return `imports ${specifier} by an absolute path`;
  return packageProblem(from, specifier, typeOnly, runtimePackages);
}

/** `src/lib/clock.ts` of `../lib/clock.js`, seen from a file of src/. The ending may be `.tsx` in truth. */
export function resolveLocal(from: string, specifier: string): string {
  return path.posix.join(path.posix.dirname(from), specifier).replace(/\.js$/, '.ts');
}

function localProblem(from: string, to: string, typeOnly: boolean): string | undefined {
  const area = areaOf(from);
  if (to.startsWith('migrations/'))
    return ['migrations', 'storage'].includes(area) ? undefined : `imports ${to}`;
  // `npm start` also brings up the example gateway: a root may start an example.
  if (to.startsWith('examples/') && area === '') return undefined;
  if (!to.startsWith('src/')) return `imports ${to}`;
  const target = areaOf(to);
  if (area === '' || area === target) return undefined;
  if (target === '') return `imports ${to}: only the roots see the roots`;
  if (area === 'migrations')
    return target === 'lib' ? undefined : `imports ${target}; a migration stands alone`;
  if (allowed(from, area, target, typeOnly)) return undefined;
  return `${area} may not import ${target}`;
}

function allowed(from: string, area: string, target: string, typeOnly: boolean): boolean {
  if (areas[area]?.includes(target)) return true;
  if (area === 'storage') return typeOnly;
  // What makes sentences for a page takes the catalogue of words as an argument.
  if (target === 'web' && typeOnly && areasWithPages.includes(area)) return true;
  const role = roleOf(from);
  return (
    (role !== 'other' && role !== 'lane' && target === 'web') ||
    (role !== 'other' && role !== 'island' && target === 'http')
  );
}

function packageProblem(
  from: string,
  specifier: string,
  typeOnly: boolean,
  runtimePackages: readonly string[],
): string | undefined {
  if (specifier.startsWith('node:')) return undefined;
  const name = packageName(specifier);
  const area = areaOf(from);
  const role = roleOf(from);
  const home = packageHomes.find(({ packages }) => packages.includes(name));
  if (home && area !== '' && !home.areas.includes(area) && !home.roles?.includes(role)) {
    return `${name} is only for ${[...home.areas, ...(home.roles ?? []).map((one) => `*-${one}`)].join(', ')}`;
  }
  if (home && area === '') return `${name} is only for ${home.areas.join(', ')}: a root joins parts`;
  if (name === 'oidc-provider' && specifier !== name && ![deepImportHome, deepImportTypes].includes(from)) {
    return `${specifier}: only ${deepImportHome} reaches into oidc-provider`;
  }
  if (lightAreas[area] && !lightAreas[area].includes(name)) return `${area} may not import ${name}`;
  if (!typeOnly && role !== 'island' && !runtimePackages.includes(name))
    return `${name} is no runtime dependency`;
  return undefined;
}

/** `@koa/router` of `@koa/router/lib/x.js`. */
export function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
