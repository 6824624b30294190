import { stringify } from 'yaml';
import { clientMetadataNames } from './client-metadata.js';
import { listEntryFields, listSettings, type Setting } from './settings.js';
import { defaultTiers } from './tiers-schema.js';

/** docs/CONFIG.md, from the schema. */
export function configDocument(): string {
  const settings = listSettings();
  const reserved = settings.filter(({ takes }) => takes === 'reserved');
  const effective = settings.filter(({ takes }) => takes !== 'reserved');
  return `# Configuration

<!-- Generated from src/config/schema.ts by \`npm run docs\`. Do not edit. -->

Holdfast reads a YAML file, \`config/holdfast.yaml\` or what \`HOLDFAST_CONFIG\` names, and then the environment, which
overrides the file. \`holdfast config check\` lists everything that is wrong with both, with lines and the nearest name
of what is misspelt, and what calls to models demand of whom. Settings are read at start; the server must be restarted
to see a change. Only \`tiers\` is read again when the file changes ([runbooks/tiers.md](runbooks/tiers.md)).

Every setting has a variable: \`HOLDFAST_\` and its path in capitals, joined by \`_\`. Lists and sections are given as
JSON. A variable that is empty counts as not set. Five settings also have a short variable; the long one wins. Times
are in seconds.

In \`clients\` and \`resources\` (and any other text), \`\${issuer}\` and \`\${gateway}\` stand for the server's own origin
and the example gateway's, so that another \`PORT\` needs no edit of the file.

## Settings

${settingsTable(effective)}

## Entries of \`resources\`

${fieldsTable(listEntryFields('resources'))}

## Entries of \`upstream_providers\`

${fieldsTable(listEntryFields('upstream_providers'))}

## Entries of \`trusted_issuers\`

For Clerk, Auth0, Okta, Google and Entra: [EXCHANGE.md](EXCHANGE.md).

${fieldsTable(listEntryFields('trusted_issuers'))}

## Entries of \`webhooks\`

${fieldsTable(listEntryFields('webhooks'))}

## Entries of \`tiers\`

Listed from the cheapest to the dearest: a model that several tiers name belongs to the last of them, and a model that
none names is refused. The tiers by default:

\`\`\`yaml
${stringify({ tiers: defaultTiers }).trimEnd()}
\`\`\`

${fieldsTable(listEntryFields('tiers'))}

The server does not start, and takes no change, where a demand could never be met: without any tier, with an id or a title
twice, with \`acr: urn:holdfast:acr:phrh\` while \`attestation.metadata\` is not set (but for a tier without approval, where an
upstream provider is believed for it), with \`approval: budget\` without
\`budget\` or the other way round. It warns of models that a later tier takes away, and of times that contradict each other.

## Entries of \`clients\`

Metadata of RFC 7591 and OpenID Connect Dynamic Client Registration. \`client_id\` is required. \`client_secret\` may be
given as it is or as \`sha256:\` and the hex digest of it. These clients are read-only for \`holdfast client\`; a
\`client_id\` that is also in the database is refused.

Known names: ${[...clientMetadataNames].map((name) => `\`${name}\``).join(', ')}.

## What production refuses

With \`NODE_ENV=production\` the server does not start

- with an issuer that is not https, which the default is,
- without \`database_url\`, unless \`dangerously_allow_embedded_in_production\` is set,
- with \`database_url\` but without \`secret_key\`,
- with a client secret that we ship for development (it begins with \`development-only-\`),
- with \`mail.tls: dangerously_none\` to a server on another machine,
- with any \`dangerously_…\` setting but \`dangerously_allow_embedded_in_production\`, and a resource’s \`dangerously_allow_bearer\`,
  which has a tier, caps and an end ([decisions/0039](decisions/0039-observe-before-enforcing.md)).

In every environment it refuses an issuer that is not https, except on a loopback or \`.test\` host; an \`rp_id\` that is
not the issuer's host or a parent domain of it; and a change of \`rp_id\` after the first start.

## Reserved

${reserved.map(({ path }) => `\`${path.join('.')}\``).join(', ')}: accepted, without effect yet, with a warning.
`;
}

function settingsTable(settings: readonly Setting[]): string {
  const rows = settings.map(({ path, takes, byDefault, description, variable, shortVariable }) => [
    code(path.join('.')),
    takes,
    shownDefault(byDefault),
    [variable, shortVariable].flatMap((name) => (name === undefined ? [] : [code(name)])).join(', '),
    description,
  ]);
  return table(['Setting', 'Takes', 'Default', 'Variable', 'Meaning'], rows);
}

/** What would make the column wide stands in a section of its own. */
function shownDefault(value: unknown): string {
  if (value === undefined) return '';
  const text = JSON.stringify(value);
  return text.length > 80 ? 'see below' : code(text);
}

function fieldsTable(fields: readonly Setting[]): string {
  const rows = fields.map(({ path, takes, byDefault, required, description }) => [
    code(path.join('.')),
    takes,
    byDefault === undefined ? needed(required) : code(JSON.stringify(byDefault)),
    description,
  ]);
  return table(['Field', 'Takes', 'Default', 'Meaning'], rows);
}

function needed(required: boolean): string {
  return required ? 'required' : 'none';
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}
