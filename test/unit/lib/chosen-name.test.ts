import assert from 'node:assert/strict';
import { chosenName } from '../../../src/lib/chosen-name.js';

describe('a name that a stranger chose', () => {
  const cases: [why: string, name: string, shown: string][] = [
    ['is shown as it is', 'Tidewater Notebook', 'Tidewater Notebook'],
    ['may be of any script', '潮水筆記 Ünïcødé', '潮水筆記 Ünïcødé'],
    ['turns no direction', 'Paypal\u202Emoc.live\u202C', 'Paypal moc.live'],
    ['hides nothing between its letters', 'Goo\u200Bgle\u2060\u00AD', 'Goo gle'],
    ['keeps to one line', 'Tide\r\nwater\u2028Allow\tthis', 'Tide water Allow this'],
    ['has no blank letters', '\u3164Tide\u2800water\uFFA0', 'Tide water'],
    ['does not tower over the line', `Z${'\u0335'.repeat(40)}algo`, 'Z\u0335\u0335algo'],
    ['says nothing by fonts of its own', 'Tide\uE000water', 'Tide water'],
    ['leaves nothing of nothing', '\u200B\u202E\u3164 ', ''],
    ['has 60 characters at most', `${'x'.repeat(61)}`, `${'x'.repeat(60)}…`],
    ['is cut between characters', '🦑'.repeat(61), `${'🦑'.repeat(60)}…`],
    ['is set apart where it reads from right to left', 'يقول: OK', '\u2068يقول: OK\u2069'],
  ];
  for (const [why, name, shown] of cases) it(why, () => assert.equal(chosenName(name), shown));
});
