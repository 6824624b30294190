import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { references, yardsticks } from './competitors.js';
import { writePlot } from './plot.js';
import type { Line } from './report.js';

const file = path.resolve(import.meta.dirname, '../../bench/RESULTS.md');

const preface = `# Results

Written by \`npm run bench -- NAME --write\`. Every figure is the median of alternating rounds; ratios are ours to the
reference's in the same run, so they survive another machine better than the figures do.

- The server under test has one process and one core; generator and PostgreSQL (durable: fsync, full-page writes) have
  the rest. The generator is a raw socket client without pipelining, and gives way to PostgreSQL.
- \`sizes\` asks about a token, or about thousands all over the table that have been asked about before, as those in use have.
- \`stock oidc-provider\` has one jsonb table, ten connections like ours, a nonce in every proof and a new refresh token
  with every refresh, as we have. It has no replay protection that holds in parallel, no generations, no digests.
- \`node:http\` and \`koa\` answer everything with hello.
- \`es256 verify\` is what one core verifies of ES256 alone, by node:crypto; \`fsync\` the 99th percentile of writing 8 kB
  durably. At half load, a call counts from when it was due.
- \`nginx\` is Debian's, one process on the same core, as a plain proxy without buffering; it verifies nothing. The standalone
  gateway asks a stand-in that allows every call at once: what Holdfast costs is measured by itself.
- The load of the machine when a bench began stands with it. Far above 1, others were using it too: then look at the
  ratios and at the processor time, not at the rates.
`;

/** Replaces the section of one bench in RESULTS.md. */
export function writeResults(bench: string, machine: string, lines: readonly Line[]): void {
  const before = existsSync(file) ? readFileSync(file, 'utf8') : preface;
  const sections = before.split(/^(?=## )/m).filter((section) => !section.startsWith(`## ${bench}\n`));
  const [head = preface, ...others] = sections;
  const all = [...others, sectionOf(bench, machine, lines)].sort();
  writeFileSync(file, [head, ...all].map((section) => `${section.trim()}\n`).join('\n'));
}

function sectionOf(bench: string, machine: string, lines: readonly Line[]): string {
  const variants = [...new Set(lines.map(({ variant }) => variant))];
  const compared = [...references, ...yardsticks].filter((name) =>
    lines.some(({ reference }) => reference === name),
  );
  const rows = variants.map((variant) => {
    const measured = lines.filter((line) => line.variant === variant);
    const [first] = measured;
    const ratios = compared.map((name) => measured.find(({ reference }) => reference === name)?.ratio ?? '–');
    const range = first ? `${first.value} (${first.min} to ${first.max}) ${first.unit}` : '';
    return `| ${[variant, range, ...ratios].join(' | ')} |`;
  });
  const heading = ['what', 'ours: median (least to most)', ...compared.map((name) => `to ${name}`)];
  const rule = heading.map(() => '---');
  return [
    `## ${bench}\n`,
    `${machine}\n`,
    `| ${heading.join(' | ')} |`,
    `| ${rule.join(' | ')} |`,
    ...rows,
    `\n![${bench}](${writePlot(bench, lines)})`,
  ].join('\n');
}
