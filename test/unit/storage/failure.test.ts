import assert from 'node:assert/strict';
import { DatabaseUnavailable } from '../../../src/lib/unavailable.js';
import { asStorageError, ConnectionNotFree } from '../../../src/storage/failure.js';

const withCode = (code: string): Error => Object.assign(new Error('x'), { code });

describe('a failure of the database', () => {
  const passing: Record<string, Error> = {
    'a refused connection': withCode('ECONNREFUSED'),
    'a reset connection': withCode('ECONNRESET'),
    'an unknown host': withCode('ENOTFOUND'),
    'a shutdown': withCode('57P01'),
    'a server that starts': withCode('57P03'),
    'too many connections': withCode('53300'),
    'a full disk': withCode('53100'),
    'a deadlock': withCode('40P01'),
    'a standby': withCode('25006'),
    'a refused login': withCode('28P01'),
    'a connection that ended': new Error('Connection terminated unexpectedly'),
    'a pool without room': new Error('timeout exceeded when trying to connect'),
    'a silent server': new Error('Query read timeout'),
    'an embedded database that is busy': new ConnectionNotFree('busy'),
    'what TypeORM wrapped': Object.assign(new Error('x'), { driverError: withCode('57P01') }),
  };
  for (const [name, error] of Object.entries(passing)) {
    it(`is "unavailable" for ${name}`, () => {
      assert.ok(asStorageError(error) instanceof DatabaseUnavailable);
    });
  }

  it('keeps its cause, and is not wrapped twice', () => {
    const cause = withCode('57P01');
    const unavailable = asStorageError(cause);
    assert.ok(unavailable instanceof DatabaseUnavailable);
    assert.equal(unavailable.cause, cause);
    assert.equal(asStorageError(unavailable), unavailable);
  });

  it('stays what it is when it is a bug of ours', () => {
    const bugs = [withCode('42P01'), withCode('23505'), withCode('42601'), new TypeError('x'), 'a string'];
    for (const bug of bugs) assert.equal(asStorageError(bug), bug);
  });
});
