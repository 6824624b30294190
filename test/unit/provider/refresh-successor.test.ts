import { strict as assert } from 'node:assert';
import {
  openSuccessor,
  sealSuccessor,
  successorGrace,
  withinGrace,
} from '../../../src/provider/refresh-successor.js';

const consumedAt = new Date(1_900_000_000_000);
const used = { consumedAt, sealedSuccessor: 'sealed', jkt: 'the key' };

describe('the successor of a refresh token', () => {
  it('can be read only with the token that it follows', async () => {
    const sealed = await sealSuccessor('hldf_rt_presented', 'hldf_rt_successor');
    assert.equal(await openSuccessor('hldf_rt_presented', sealed), 'hldf_rt_successor');
    await assert.rejects(openSuccessor('hldf_rt_another', sealed));
  });

  it('is given again to the same key within ten seconds', () => {
    assert.equal(successorGrace, 10_000);
    assert.equal(withinGrace(used, 'the key', consumedAt.getTime() + 10_000), true);
  });

  it('is not given later, to another key, or for a token that was never used', () => {
    assert.equal(withinGrace(used, 'the key', consumedAt.getTime() + 10_001), false);
    assert.equal(withinGrace(used, 'another key', consumedAt.getTime()), false);
    assert.equal(withinGrace(used, undefined, consumedAt.getTime()), false);
    assert.equal(withinGrace({ ...used, consumedAt: undefined }, 'the key', consumedAt.getTime()), false);
  });
});
