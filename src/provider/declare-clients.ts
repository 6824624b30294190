import type { Config } from '../config/schema.js';
import type { Clock } from '../lib/clock.js';
import type { ClientStore } from './client-store.js';

/** A client of the config file has the name of one that was added by command. */
export class ClientsClash extends Error {
  constructor(names: readonly string[]) {
    super(
      `These clients are in the config file and in the database: ${names.join(', ')}. ` +
        'Rename them in the file, or remove them from the database: holdfast client remove NAME',
    );
    this.name = 'ClientsClash';
  }
}

/** Gives each client of the config file its row, which holds its generation. Throws ClientsClash. */
export async function declareClients(
  store: Pick<ClientStore, 'declareConfigured'>,
  { clients }: Pick<Config, 'clients'>,
  clock: Clock,
): Promise<void> {
  const names = clients.map((client) => client.client_id);
  const clashes = await store.declareConfigured(names, new Date(clock.now()));
  if (clashes.length > 0) throw new ClientsClash(clashes);
}
