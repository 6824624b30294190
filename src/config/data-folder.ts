import path from 'node:path';
import type { Config } from './schema.js';

/** Where the embedded database lives; its lock stands beside it. */
export function databaseFolder(config: Pick<Config, 'data_dir'>): string {
  return path.join(config.data_dir, 'pg');
}

/** Where mails are kept while there is no server to send them, in development. */
export function mailFolder(config: Pick<Config, 'data_dir'>): string {
  return path.join(config.data_dir, 'mail');
}

/** Where a running server takes the commands of its operator. */
export function adminSocketFile(config: Pick<Config, 'data_dir'>): string {
  return path.join(config.data_dir, 'admin.sock');
}

export interface LocalCertificateFiles {
  readonly folder: string;
  /** The authority's certificate, for whoever shall trust it. */
  readonly authority: string;
  readonly authorityWithKey: string;
  readonly leaf: string;
}

/** What `tls.local` made. */
export function localCertificateFiles(config: Pick<Config, 'data_dir'>): LocalCertificateFiles {
  const folder = path.join(config.data_dir, 'tls');
  const file = (name: string) => path.join(folder, name);
  return {
    folder,
    authority: file('ca.pem'),
    authorityWithKey: file('ca-with-key.pem'),
    leaf: file('localhost.pem'),
  };
}
