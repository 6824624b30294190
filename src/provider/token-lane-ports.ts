import type { Config } from '../config/schema.js';
import type { Clock } from '../lib/clock.js';
import type { Random } from '../lib/random.js';
import type { Resources } from './resources.js';
import type { AskingClient } from './token-lane-client.js';
import type { LaneProof } from './token-lane-proof.js';
import type { PlainTokenRequest } from './token-lane-request.js';
import type { TokenLaneStore } from './token-lane-store.js';

export interface TokenMakingPorts {
  readonly config: Pick<Config, 'lifetimes'>;
  readonly store: TokenLaneStore;
  readonly resources: Resources;
  readonly clock: Clock;
  readonly random: Random;
}

/** A plain request of a client that is who it says, with a proof that holds. */
export interface TokenAsk {
  readonly request: PlainTokenRequest;
  readonly asking: AskingClient;
  readonly proof: LaneProof;
}

/** The members of a token response, in oidc-provider's order. */
export interface TokenAnswer {
  readonly access_token: string;
  readonly expires_in: number;
  readonly id_token?: string | undefined;
  readonly refresh_token?: string | undefined;
  readonly scope?: string | undefined;
  readonly token_type: 'DPoP';
}
