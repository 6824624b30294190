import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import pg from 'pg';

const ticksPerSecond = 100;

/**
 * Microseconds of processor time that the PostgreSQL behind `databaseUrl` has spent, all its processes together; of those
 * that have ended, their parent knows. Undefined where there is no /proc.
 */
export async function postgresTime(databaseUrl: string): Promise<() => number | undefined> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
  await client.end();
  const folder = rows[0]?.data_directory ?? '';
  return () => {
    try {
      const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
      return processes.map((id) => timeOf(id, folder)).reduce((sum, time) => sum + time, 0);
    } catch {
      return undefined;
    }
  };
}

/** Zero for the processes of others. */
function timeOf(id: string, folder: string): number {
  try {
    if (readlinkSync(`/proc/${id}/cwd`) !== folder) return 0;
    const fields = readFileSync(`/proc/${id}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const [user, system, childUser, childSystem] = fields.slice(11, 15).map(Number);
    const ticks = (user ?? 0) + (system ?? 0) + (childUser ?? 0) + (childSystem ?? 0);
    return (ticks * 1_000_000) / ticksPerSecond;
  } catch {
    return 0;
  }
}
