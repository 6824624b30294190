import type { BackchannelRequest } from './backchannel-request.js';

/**
 * Lets the person know that somebody asks her, in the transaction of the request. Called for phantoms, too, where it
 * makes the same statements (law 6).
 * @param approvalUri the link with its secret: whoever has it sees the page
 */
export type BackchannelCourier = (request: BackchannelRequest, approvalUri: string) => Promise<void>;
