// Writes what is generated from the source: docs/CONFIG.md, docs/ERRORS.md, docs/openapi.json and
// config/holdfast.schema.json.
// With --check it writes nothing and fails when one of them differs.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { configDocument } from '../src/config/documentation.js';
import { configJsonSchema } from '../src/config/settings.js';
import { refusals } from '../src/lib/refusal.js';
import { openApiDocument } from '../src/resource/open-api.js';

const documents: Readonly<Record<string, string>> = {
  'docs/CONFIG.md': configDocument(),
  'docs/ERRORS.md': errorsDocument(),
  'docs/openapi.json': JSON.stringify(openApiDocument()),
  'config/holdfast.schema.json': JSON.stringify(configJsonSchema()),
};

const check = process.argv.includes('--check');
const stale: string[] = [];
for (const [file, text] of Object.entries(documents)) {
  const options = await resolveConfig(path.resolve(file));
  const wanted = await format(text, { ...options, filepath: file });
  if (wanted === current(file)) continue;
  stale.push(file);
  if (check) continue;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, wanted);
}
if (check && stale.length > 0) {
  console.error(`Out of date: ${stale.join(', ')}. Run: npm run docs`);
  process.exitCode = 1;
} else {
  console.log(stale.length === 0 ? 'The generated documents are up to date.' : `Wrote ${stale.join(', ')}.`);
}

function current(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function errorsDocument(): string {
  const sections = Object.entries(refusals).map(
    ([code, { status, error, says, help }]) =>
      `## ${code}\n\n\`${status} ${error}\` — “${says}”\n\n${help.replaceAll('<', '&lt;')}\n`,
  );
  return `# Errors

<!-- Generated from src/lib/refusal.ts by \`npm run docs\`. Do not edit. -->

Every refusal has a stable code. A stranger gets the standard's error, a sentence that says little, and the request id
(\`request_id\` in the body, \`X-Request-Id\` in the headers). The code and the whole reason are in the log under that id,
and \`holdfast explain REQUEST_ID\` tells them. On a loopback issuer the answer itself carries \`holdfast_code\`,
\`holdfast_help\` and \`holdfast_detail\`.

${sections.join('\n')}`;
}
