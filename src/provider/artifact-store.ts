/** oidc-provider's short-lived models that are not tokens, sessions, grants or clients. */
export type ArtifactModel =
  | 'AuthorizationCode'
  | 'PushedAuthorizationRequest'
  | 'Interaction'
  | 'DeviceCode'
  | 'BackchannelAuthenticationRequest'
  | 'RegistrationAccessToken'
  | 'InitialAccessToken';

export interface ArtifactRecord {
  readonly model: ArtifactModel;
  /** SHA-256 of the id. */
  readonly digest: Buffer;
  readonly grantId: string | undefined;
  readonly userCode: string | undefined;
  readonly uid: string | undefined;
  readonly expiresAt: number;
  /** oidc-provider's payload without jti; what is a live credential in it is sealed by the adapter. */
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface FoundArtifact extends ArtifactRecord {
  readonly consumedAt: Date | undefined;
}

export interface ArtifactStore {
  /** Inserts or replaces. `now` (seconds) bounds the partitions that are looked at. */
  save(artifact: ArtifactRecord, now: number): Promise<void>;
  /** Another payload for what there is; false, and nothing is written, when it is gone. */
  replace(artifact: ArtifactRecord, now: number): Promise<boolean>;
  find(model: ArtifactModel, digest: Uint8Array, now: number): Promise<FoundArtifact | undefined>;
  findByUid(model: ArtifactModel, uid: string, now: number): Promise<FoundArtifact | undefined>;
  findByUserCode(model: ArtifactModel, userCode: string, now: number): Promise<FoundArtifact | undefined>;
  /** One atomic statement: true for exactly one caller ever. */
  consume(model: ArtifactModel, digest: Uint8Array, at: Date): Promise<boolean>;
  /** One atomic statement: true for the one caller who found it. */
  remove(model: ArtifactModel, digest: Uint8Array, now: number): Promise<boolean>;
  removeByGrant(model: ArtifactModel, grantId: string): Promise<void>;
}
