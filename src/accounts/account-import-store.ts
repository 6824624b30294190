import type { ImportedPerson, KnownPeople } from './account-import-policy.js';

export interface AccountImportStore {
  /** What is there of these people, by three statements however many they are. */
  look(people: readonly ImportedPerson[]): Promise<KnownPeople>;
}
