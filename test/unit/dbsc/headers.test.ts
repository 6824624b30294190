import assert from 'node:assert/strict';
import {
  challengeHeader,
  readSessionId,
  readSkipped,
  registrationHeader,
} from '../../../src/dbsc/headers.js';
import { endInstructions, sessionInstructions } from '../../../src/dbsc/instructions.js';

describe('the headers of device bound sessions', () => {
  it('offer a registration as Chromium takes it', () => {
    assert.equal(
      registrationHeader({ path: '/dbsc/register', challenge: 'C', authorization: 'A' }),
      '(ES256 RS256);path="/dbsc/register";challenge="C";authorization="A"',
    );
    const provider = { key: 'k', sessionId: 's', url: 'https://login.example' };
    assert.equal(
      registrationHeader({ path: '/register', challenge: 'C', provider }),
      '(ES256 RS256);path="/register";challenge="C";provider_key="k";provider_session_id="s";provider_url="https://login.example"',
    );
  });

  it('carry text as it is and nothing that ends the field', () => {
    assert.equal(challengeHeader('a"b\\c', 's'), '"a\\"b\\\\c";id="s"');
    assert.throws(() => challengeHeader('a\r\nset-cookie: b', 's'), TypeError);
  });

  it('name a session bare, as Chromium does, or in quotes', () => {
    for (const [header, id] of [
      ['s-1_2', 's-1_2'],
      ['"s-1_2"', 's-1_2'],
      ['"s";x=1', 's'],
      ['"a\\"b\\\\c"', 'a"b\\c'],
      [undefined, undefined],
      ['', undefined],
      ['one, two', undefined],
      ['"open', undefined],
      ['"one" "two"', undefined],
      ['s'.repeat(1025), undefined],
    ] as const) {
      assert.equal(readSessionId(header), id, header);
    }
  });

  it('say why a refresh was skipped', () => {
    assert.deepEqual(readSkipped('quota_exceeded;session_identifier="s"'), {
      reason: 'quota_exceeded',
      sessionId: 's',
    });
    assert.deepEqual(readSkipped('other;session_identifier="a", unreachable;session_identifier="b"'), {
      reason: 'unreachable',
      sessionId: 'b',
    });
    for (const header of [undefined, '', 'unreachable', 'bored;session_identifier="s"']) {
      assert.equal(readSkipped(header), undefined);
    }
  });
});

describe('the instructions of a session', () => {
  it('bind one cookie of this origin, and leave out what must not wait', () => {
    const cookie = { name: '__Host-bound', attributes: 'Path=/; Secure; HttpOnly; SameSite=Lax' };
    const rules = { id: 's', refreshUrl: '/dbsc/refresh', cookie, exclude: ['/static'] };
    const expected = {
      session_identifier: 's',
      refresh_url: '/dbsc/refresh',
      scope: {
        include_site: false,
        scope_specification: [{ type: 'exclude', domain: '*', path: '/static' }],
      },
      credentials: [{ type: 'cookie', ...cookie }],
    };
    assert.deepEqual(sessionInstructions(rules), expected);
    assert.deepEqual(sessionInstructions({ ...rules, allowedRefreshInitiators: ['*.example'] }), {
      ...expected,
      allowed_refresh_initiators: ['*.example'],
    });
    assert.deepEqual(endInstructions('s'), { session_identifier: 's', continue: false });
  });
});
