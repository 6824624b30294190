import pg from 'pg';
import type { Haystack } from './secret-search.js';

/** Every row of every table, as its columns' text and as JSON. */
export async function dumpDatabase(url: string): Promise<Haystack[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      `SELECT quote_ident(relname) AS name FROM pg_class
      WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace`,
    );
    const dumped: Haystack[] = [];
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ text: string }>(
        `SELECT t::text || E'\\n' || to_jsonb(t)::text AS text FROM ${name} t`,
      );
      dumped.push({
        name: `table ${name.replaceAll('"', '')}`,
        text: rows.map(({ text }) => text).join('\n'),
      });
    }
    return dumped;
  } finally {
    await client.end();
  }
}
