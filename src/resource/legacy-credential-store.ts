import type { AccountId } from '../accounts/account.js';
import type {
  FoundLegacyCredential,
  LegacyCredential,
  LegacyFigures,
  LegacySpending,
  LegacySpent,
  OwnLegacyCredential,
} from './legacy-credential.js';

/** Which die: exactly these. */
export type LegacySelection =
  | { readonly by: 'digest'; readonly digest: Buffer }
  | { readonly by: 'owner'; readonly accountId: AccountId; readonly digest: Buffer }
  | { readonly by: 'account'; readonly accountId: AccountId }
  | { readonly by: 'resource'; readonly resource: string };

export interface LegacyCredentialStore {
  /** Takes in what is new and whose account there is and is not disabled; the digests (hex) of these. */
  import(credentials: readonly LegacyCredential[], at: Date): Promise<ReadonlySet<string>>;
  find(digest: Buffer, now: Date): Promise<FoundLegacyCredential | undefined>;
  /** Law 4: asked and counted by one statement; parallel calls on all nodes together never pass a cap. */
  spend(spending: LegacySpending): Promise<LegacySpent>;
  /** Those of the account that are alive, last used first. */
  listOf(accountId: AccountId, now: Date): Promise<readonly OwnLegacyCredential[]>;
  /** How many died. */
  revoke(selection: LegacySelection, at: Date): Promise<number>;
  /** Gives an end to those whose accounts have moved, unless they end sooner; how many. */
  retire(resource: string, endsAt: Date, now: Date): Promise<number>;
  figures(now: Date): Promise<readonly LegacyFigures[]>;
}
