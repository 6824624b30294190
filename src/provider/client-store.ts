export interface StoredClient {
  readonly clientId: string;
  /** `config`: declared in the config file; its metadata lives there and only its generation here. */
  readonly source: 'config' | 'database';
  /** RFC 7591 metadata; a client_secret in it is `sha256:` and the hex digest. Undefined for config clients. */
  readonly metadata: Readonly<Record<string, unknown>> | undefined;
  readonly createdAt: Date;
}

export interface ClientStore {
  /** Makes sure that each id of the config file has a row. Returns the ids that exist as database clients: a clash. */
  declareConfigured(clientIds: readonly string[], at: Date): Promise<string[]>;
  insert(client: StoredClient): Promise<'inserted' | 'taken'>;
  /** Only clients that are not removed. */
  find(clientId: string): Promise<StoredClient | undefined>;
  /** Another with each change of a database client's row, whoever makes it; undefined when it is none or removed. */
  version(clientId: string): Promise<string | undefined>;
  list(): Promise<StoredClient[]>;
  /** Moves the generation and removes the client: its tokens die. False when there is none or it is the config's. */
  remove(clientId: string, at: Date): Promise<boolean>;
  /** Moves the generation: every token of the client dies. */
  revoke(clientId: string): Promise<boolean>;
}
