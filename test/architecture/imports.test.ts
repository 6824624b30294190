import assert from 'node:assert/strict';
import { importViolations } from '../support/architecture/import-rules.js';
import { runtimePackages, sourceFiles } from '../support/architecture/repository.js';
import { parseSource } from '../support/architecture/source-file.js';

const packages = runtimePackages();
const violations = (filePath: string, text: string): string[] =>
  importViolations(parseSource(filePath, text), packages);

describe('the import rules', () => {
  it('hold in src and migrations', () => {
    const files = sourceFiles('src', 'migrations');
    assert.ok(files.size > 20, `only ${files.size} files were found`);
    assert.deepEqual(
      [...files.values()].flatMap((file) => importViolations(file, packages)),
      [],
    );
  });

  const refused: Record<string, [string, string]> = {
    'an upward import': ['src/lib/ids.ts', `import { x } from '../config/schema.js';`],
    'a sideways import': ['src/usage/price.ts', `import { x } from '../accounts/account.js';`],
    'an upward side effect': ['src/accounts/account.ts', `import '../provider/claims.js';`],
    'an upward type': ['src/accounts/account.ts', `import type { X } from '../provider/claims.js';`],
    'an upward type written inline': ['src/accounts/account.ts', `let x: import('../provider/claims.js').X;`],
    'an upward dynamic import': ['src/accounts/account.ts', `await import('../provider/claims.js');`],
    'an upward template import': ['src/accounts/account.ts', 'await import(`../provider/claims.js`);'],
    'an upward re-export': ['src/accounts/account.ts', `export * from '../provider/claims.js';`],
    'an upward named re-export': ['src/accounts/account.ts', `export { x } from '../provider/claims.js';`],
    'an upward require': ['src/accounts/account.ts', `const x = require('../provider/claims.js');`],
    'an upward import-equals': ['src/accounts/account.ts', `import x = require('../provider/claims.js');`],
    'a computed import': ['src/accounts/account.ts', `await import(name);`],
    'an absolute import': ['src/accounts/account.ts', `import '/etc/x.js';`],
    'an import of the root': ['src/accounts/account.ts', `import { app } from '../app.js';`],
    'an example outside the root': ['src/http/x.ts', `import { x } from '../../examples/gateway/start.js';`],
    'an import of a test': ['src/accounts/account.ts', `import { app } from '../../test/support/x.js';`],
    'a migration outside storage': [
      'src/accounts/x.ts',
      `import { migrations } from '../../migrations/index.js';`,
    ],
    'a migration that leans on code': ['migrations/1-x.ts', `import { x } from '../src/storage/storage.js';`],
    'a value imported by storage': ['src/storage/rows.ts', `import { x } from '../accounts/account.js';`],
    'storage mixing a value in': [
      'src/storage/rows.ts',
      `import { type X, y } from '../accounts/account.js';`,
    ],
    'web outside a page': ['src/accounts/login-service.ts', `import { Page } from '../web/page.js';`],
    'http outside routes': ['src/accounts/login-service.ts', `import { x } from '../http/front.js';`],
    'an area nobody named': ['src/helpers/x.ts', ``],
    'a new root': ['src/setup.ts', ``],
    'oidc-provider outside provider': ['src/resource/x.ts', `import type { Client } from 'oidc-provider';`],
    'a deep import of oidc-provider': [
      'src/provider/x.ts',
      `import x from 'oidc-provider/lib/helpers/y.js';`,
    ],
    'typeorm outside storage': ['src/accounts/x.ts', `import { Entity } from 'typeorm';`],
    'pg in the composition root': ['src/app.ts', `import pg from 'pg';`],
    'PGlite outside storage': ['src/config/x.ts', `import { PGlite } from '@electric-sql/pglite';`],
    'nodemailer outside mail': ['src/accounts/x-service.ts', `import nodemailer from 'nodemailer';`],
    'koa in a service': ['src/accounts/x-service.ts', `import Koa from 'koa';`],
    'SimpleWebAuthn outside accounts': [
      'src/risk/x.ts',
      `import { x } from '@simplewebauthn/server/helpers';`,
    ],
    'zod in proof': ['src/proof/x.ts', `import { z } from 'zod';`],
    'pino in the gateway': ['src/gateway/x.ts', `import { pino } from 'pino';`],
    'a development dependency': ['src/accounts/x.ts', `import { x } from 'oauth4webapi';`],
  };
  for (const [name, [filePath, text]] of Object.entries(refused)) {
    it(`refuse ${name}`, () => assert.equal(violations(filePath, text).length, 1));
  }

  const allowed: Record<string, [string, string]> = {
    'a lower area': ['src/provider/x.ts', `import { x } from '../accounts/account.js';`],
    'the migrations in storage': [
      'src/storage/x.ts',
      `import { migrations } from '../../migrations/index.js';`,
    ],
    'the own area': ['src/accounts/x.ts', `import { x } from './account.js';`],
    'a type in storage': ['src/storage/rows.ts', `import type { X } from '../accounts/account.js';`],
    'types in braces in storage': ['src/storage/rows.ts', `import { type X } from '../accounts/account.js';`],
    'web in a page': ['src/accounts/login-page.tsx', `import { Page } from '../web/page.js';`],
    'http and koa in routes': [
      'src/accounts/login-routes.ts',
      `import '../http/front.js'; import Router from '@koa/router';`,
    ],
    'the one deep import': ['src/provider/internals.ts', `import x from 'oidc-provider/lib/helpers/y.js';`],
    'everything in the composition root': [
      'src/app.ts',
      `import '../src/storage/x.js'; import './provider/y.js';`,
    ],
    'an example in the root': ['src/app.ts', `import { x } from '../examples/gateway/start.js';`],
    "Node's own modules": ['src/lib/x.ts', `import { createHash } from 'node:crypto';`],
    'the browser library in an island': [
      'src/accounts/islands/passkey.island.tsx',
      `import { startRegistration } from '@simplewebauthn/browser';`,
    ],
  };
  for (const [name, [filePath, text]] of Object.entries(allowed)) {
    it(`allow ${name}`, () => assert.deepEqual(violations(filePath, text), []));
  }

  it('refuse a file that does not parse', () => {
    assert.throws(() => violations('src/lib/x.ts', 'import { from'));
  });
});
