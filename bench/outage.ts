import { OutageDesk, type OutageReport } from '../test/support/outage.js';
import type { Name } from './competitors.js';
import { print, type Line } from './report.js';
import { note } from './rounds.js';

/** How long callers wait for good answers once a killed database is back, and once a node was killed; durable as in production. */
export async function benchOutage(rounds: number): Promise<Line[]> {
  const desk = await OutageDesk.open({ fsync: 'on', full_page_writes: 'on' });
  const figures = {
    'database killed: back until every node answers well': new Map<Name, number[]>(),
    'database killed: slowest answer': new Map<Name, number[]>(),
    'node killed: gone until the other answers well': new Map<Name, number[]>(),
    'node killed: slowest answer': new Map<Name, number[]>(),
  };
  try {
    for (let round = 0; round < rounds; round++) {
      const database = demandSound(await desk.databaseCrash());
      note(figures['database killed: back until every node answers well'], 'holdfast', database.recovery);
      note(figures['database killed: slowest answer'], 'holdfast', database.slowest);
      const node = demandSound(await desk.nodeCrash());
      note(figures['node killed: gone until the other answers well'], 'holdfast', node.recovery);
      note(figures['node killed: slowest answer'], 'holdfast', node.slowest);
    }
    if (!(await desk.familyLives())) throw new Error('a family of refresh tokens was lost');
  } finally {
    await desk.close();
  }
  return Object.entries(figures).flatMap(([variant, measured]) =>
    print({ bench: 'outage', variant, unit: 'ms', rounds: measured, against: ['node:http'] }),
  );
}

function demandSound(report: OutageReport): OutageReport {
  const { 200: _good, 503: _away, 'no answer': _cut, ...others } = report.seen;
  if (report.wrongPositives > 0 || Object.keys(others).length > 0) throw new Error(JSON.stringify(report));
  return report;
}
