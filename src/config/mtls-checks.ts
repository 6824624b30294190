import type { Finding } from './cross-checks.js';
import type { ClientConfig, Config } from './schema.js';

/** Headers that mean something else, or that the front writes itself. */
const takenHeaders: ReadonlySet<string> = new Set([
  'authorization',
  'connection',
  'content-length',
  'content-type',
  'cookie',
  'dpop',
  'forwarded',
  'host',
  'origin',
  'transfer-encoding',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
]);

/** What does not fit in the sections `tls` and `mtls`, and clients that need them. */
export function checkMutualTls(config: Config): Finding[] {
  const { tls, mtls } = config;
  const findings: Finding[] = [];
  const find = (path: string, message: string) => findings.push({ path: path.split('.'), message });
  if ((tls.cert === undefined) !== (tls.key === undefined)) {
    find(
      tls.cert === undefined ? 'tls.cert' : 'tls.key',
      'is required, too: tls.cert and tls.key go together',
    );
  }
  if (tls.cert !== undefined && config.issuer.startsWith('http:')) {
    find('tls.cert', `makes this server speak https, and the issuer is ${config.issuer}`);
  }
  if (tls.local) findings.push(...checkLocal(config));
  if (mtls.certificates_from === 'tls' && tls.cert === undefined && !tls.local) {
    find('mtls.certificates_from', 'is tls, which needs tls.cert and tls.key');
  }
  // RFC 8705 §6.5: whoever else could set the header would be any client.
  if (mtls.certificates_from === 'header' && config.trusted_proxies.length === 0) {
    find(
      'mtls.certificates_from',
      'is header, and trusted_proxies is empty: nobody’s header would be believed',
    );
  }
  if (takenHeaders.has(mtls.certificate_header.toLowerCase())) {
    find('mtls.certificate_header', `is ${mtls.certificate_header}, which has another meaning`);
  }
  if (mtls.base_url !== undefined && !isBareOrigin(mtls.base_url)) {
    find('mtls.base_url', 'must be an https origin without path, as in https://mtls.id.example');
  }
  return [...findings, ...config.clients.flatMap((client, index) => checkClient(client, index, config))];
}

/** What only this machine believes is good for nobody else. */
function checkLocal({ tls, issuer, environment }: Config): Finding[] {
  const path = ['tls', 'local'];
  const { protocol, hostname } = new URL(issuer);
  const certified = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  return [
    ...(tls.cert === undefined ? [] : [{ path, message: 'makes a certificate, and tls.cert names another' }]),
    ...(environment === 'production'
      ? [{ path, message: 'is refused in production: set tls.cert and tls.key' }]
      : []),
    ...(protocol === 'https:' && certified
      ? []
      : [{ path, message: `is https for localhost, and the issuer is ${issuer}` }]),
  ];
}

function isBareOrigin(url: string): boolean {
  const { origin, protocol } = new URL(url);
  return protocol === 'https:' && (url === origin || url === `${origin}/`);
}

function checkClient(client: ClientConfig, index: number, { mtls }: Config): Finding[] {
  const method = client['token_endpoint_auth_method'];
  const name = usesCertificate(method)
    ? 'token_endpoint_auth_method'
    : client['tls_client_certificate_bound_access_tokens'] === true &&
      'tls_client_certificate_bound_access_tokens';
  if (name === false) return [];
  const path = ['clients', index, name];
  if (mtls.certificates_from === 'none') return [{ path, message: 'needs mtls.certificates_from' }];
  return method === 'tls_client_auth' && mtls.client_ca === undefined
    ? [{ path, message: 'is tls_client_auth, which needs mtls.client_ca' }]
    : [];
}

function usesCertificate(method: unknown): boolean {
  return method === 'tls_client_auth' || method === 'self_signed_tls_client_auth';
}
