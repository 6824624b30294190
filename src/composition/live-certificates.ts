import type { X509Certificate } from 'node:crypto';
import { localCertificateFiles } from '../config/data-folder.js';
import type { TlsFiles } from '../http/listener.js';
import { demandInTime, readAuthorities, readTls } from './certificates.js';
import { follow } from './followed.js';
import { ensureLocalCertificate } from './local-certificate.js';
import type { AppOptions } from './options.js';
import { trustAuthority } from './trusted-authority.js';

export interface LiveCertificates {
  readonly tls: TlsFiles | undefined;
  /** Whose certificates tls_client_auth believes. */
  readonly clientAuthorities: () => readonly X509Certificate[];
  /** The authority of `tls.local`, for people to trust; `made` where nobody can yet. */
  readonly authority: { readonly file: string; readonly made: boolean } | undefined;
  /** Looks at all files now. */
  reload(): void;
  /** Looks at them by itself, and hands on what TLS shall present from then on. */
  watch(renewTls: (tls: TlsFiles) => void): () => void;
}

const renewEvery = 3_600_000;

/** What the sections `tls` and `mtls` name, followed while it runs. Throws CertificatesUnusable for what can't be used at the start. */
export async function openCertificates(options: AppOptions): Promise<LiveCertificates> {
  const { config, clock, logger } = options;
  let renew: (tls: TlsFiles) => void = () => {};
  const named = config.tls;
  const tls = follow({
    what: 'tls.cert, tls.key',
    files: [named.cert, named.key],
    first: readTls(named),
    read: () => {
      const files = readTls(named);
      if (files) demandInTime(files, clock.now());
      return files;
    },
    signature: (files) => `${files?.cert}${files?.key}`,
    taken: (files) => files && renew(files),
    logger,
  });
  const { client_ca: authoritiesFile } = config.mtls;
  const authorities = follow({
    what: 'mtls.client_ca',
    files: [authoritiesFile],
    first: readAuthorities(authoritiesFile),
    read: () => readAuthorities(authoritiesFile),
    signature: (certificates) => certificates.map(({ fingerprint256 }) => fingerprint256).join(' '),
    logger,
  });
  const local = config.tls.local ? await followLocal(options, (files) => renew(files)) : undefined;
  const reload = () => {
    tls.reload();
    authorities.reload();
    void local?.look();
  };
  return {
    tls: local?.tls ?? tls.current,
    clientAuthorities: () => authorities.current,
    authority: local?.authority,
    reload,
    watch(renewTls) {
      renew = renewTls;
      const stops = [tls.watch(), authorities.watch(), ...(local ? [local.watch()] : [])];
      return () => stops.forEach((stop) => stop());
    },
  };
}

/** The certificate that is made here: in force until it is renewed, well before its end. */
async function followLocal(options: AppOptions, renewed: (tls: TlsFiles) => void) {
  const { config, logger } = options;
  const { authority: file } = localCertificateFiles(config);
  const begun = await ensureLocalCertificate(options);
  trustAuthority(begun.authority, file, logger);
  let current = begun;

  async function look(): Promise<void> {
    try {
      const next = await ensureLocalCertificate(options);
      if (next.tls.cert === current.tls.cert) return;
      current = next;
      if (next.made) logger.warn('the local authority was made anew: browsers must trust the new one');
      trustAuthority(next.authority, file, logger);
      renewed(next.tls);
      logger.info('the certificate for localhost was renewed');
    } catch (error) {
      logger.error({ err: error }, 'the certificate for localhost could not be renewed');
    }
  }

  return {
    tls: begun.tls,
    authority: { file, made: begun.made },
    look,
    watch() {
      const timer = setInterval(() => void look(), renewEvery);
      timer.unref();
      return () => clearInterval(timer);
    },
  };
}
