import { Option, type Command } from 'commander';
/** Takes the options by their long names. What they mean is for the gateway to say, which is no part of this area. */
export type RunGateway = (options: Readonly<Record<string, unknown>>) => Promise<void>;

/** `holdfast gateway`: each option has a variable; what is secret has no option with the value. */
export function addGatewayCommand(program: Command, run: RunGateway): void {
  const option = (flags: string, description: string, variable: string): Option =>
    new Option(flags, description).env(variable);
  const list = (flags: string, description: string, variable: string): Option =>
    option(flags, description, variable).argParser(gathered);
  const command = program
    .command('gateway')
    .description(
      'a reverse proxy in front of an API of models: takes bound tokens only, meters, and holds the key',
    )
    .addHelpText(
      'after',
      '\nIn the environment alone: HOLDFAST_CLIENT_SECRET, HOLDFAST_UPSTREAM_KEY, HOLDFAST_AUTHZ_SECRET. See docs/STANDALONE-GATEWAY.md.',
    );
  const options = [
    option('--upstream <url>', 'the API behind it, as https://api.openai.com', 'HOLDFAST_UPSTREAM'),
    option(
      '--api <style>',
      'openai, anthropic or gemini; told by the address where it can be',
      'HOLDFAST_UPSTREAM_API',
    ),
    option(
      '--key-file <file>',
      'the key of the provider; read again when it changes',
      'HOLDFAST_UPSTREAM_KEY_FILE',
    ),
    option('--key-command <command>', 'prints the key: of a secret manager', 'HOLDFAST_UPSTREAM_KEY_COMMAND'),
    option(
      '--key-seconds <seconds>',
      'for how long what it printed is used (300)',
      'HOLDFAST_UPSTREAM_KEY_SECONDS',
    ),
    new Option('--no-key', 'the provider wants no key'),
    option('--authz <proxy>', 'nginx, envoy, traefik or caddy may ask at /authz', 'HOLDFAST_AUTHZ'),
    option('--authz-secret-file <file>', 'what only that proxy knows', 'HOLDFAST_AUTHZ_SECRET_FILE'),
    option('--issuer <url>', 'the address of Holdfast, to the letter', 'HOLDFAST_ISSUER'),
    option('--resource <url>', 'the resource that tokens are for, to the letter', 'HOLDFAST_RESOURCE'),
    option(
      '--public-url <url>',
      'where clients reach it; else the origin of the resource',
      'HOLDFAST_PUBLIC_URL',
    ),
    option('--client-id <id>', 'the gateway, as Holdfast knows it', 'HOLDFAST_CLIENT_ID'),
    option('--client-secret-file <file>', 'its secret', 'HOLDFAST_CLIENT_SECRET_FILE'),
    option('--mode <mode>', 'who checks proofs: local (default) or remote', 'HOLDFAST_GATEWAY_MODE'),
    option('--host <address>', 'where to listen (127.0.0.1)', 'HOST'),
    option('--port <port>', 'for clients (6190)', 'PORT'),
    option('--management-host <address>', 'for /healthz and /readyz; else --host', 'MANAGEMENT_HOST'),
    option('--management-port <port>', 'for /healthz and /readyz (6192)', 'MANAGEMENT_PORT'),
    option(
      '--prices <file>',
      'what tokens cost, in JSON; else no highest cost is told',
      'HOLDFAST_PRICES_FILE',
    ),
    option('--scope <scopes>', 'what calls need (model:call)', 'HOLDFAST_GATEWAY_SCOPE'),
    option('--list-scope <scopes>', 'what lists of models need (model:read)', 'HOLDFAST_GATEWAY_LIST_SCOPE'),
    list('--pass <endpoint>', 'let through uncounted, as "POST /v1/moderations"', 'HOLDFAST_GATEWAY_PASS'),
    list('--pass-field <name>', 'a header of clients that goes on', 'HOLDFAST_GATEWAY_PASS_FIELD'),
    list('--pass-member <name>', 'a member of bodies that goes on', 'HOLDFAST_GATEWAY_PASS_MEMBER'),
    option('--body-limit <bytes>', 'longest body (33554432)', 'HOLDFAST_GATEWAY_BODY_LIMIT'),
    option(
      '--answer-timeout <seconds>',
      'for the head of an answer (600)',
      'HOLDFAST_GATEWAY_ANSWER_TIMEOUT',
    ),
    option(
      '--idle-timeout <seconds>',
      'between two pieces of an answer (300)',
      'HOLDFAST_GATEWAY_IDLE_TIMEOUT',
    ),
    new Option(
      '--dangerously-allow-bearer',
      'asks also about bearer credentials that were imported (holdfast legacy)',
    ),
    option('--drain <seconds>', 'for running answers at the end (30)', 'HOLDFAST_GATEWAY_DRAIN'),
    option('--usage-journal <file>', 'keeps reports of usage over a crash', 'HOLDFAST_GATEWAY_USAGE_JOURNAL'),
  ];
  for (const each of options) command.addOption(each);
  command.action((given: Readonly<Record<string, unknown>>) => run(given));
}

/** Given again and again, or separated by commas. */
function gathered(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), ...text.split(',').map((each) => each.trim())];
}
