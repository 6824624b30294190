import type { ResourceConfig } from '../config/schema.js';
import { accepted, type Result } from '../lib/result.js';
import { proofRefused, wrongKey } from './call-answer-policy.js';
import type { RefusedCall } from './call-answer.js';
import { viewOf } from './introspection-view.js';
import { familyOf, type KnownCall } from './known-call.js';
import type { ResourcePorts } from './resource-ports.js';

export interface Shown {
  readonly refusal?: RefusedCall;
  /** What the client should use from now on. */
  readonly nonce?: string;
}

/** Law 1: whoever calls has the key of the token. Refused is only what the resource server did wrong. */
export async function showPossession(call: KnownCall, ports: ResourcePorts): Promise<Result<Shown>> {
  const { request, token } = call;
  const { possession } = request;
  if (possession.kind === 'proof' && token.jkt !== undefined) {
    const resource = resourceOf(call, ports);
    const place = { resource, token: request.token, jkt: token.jkt };
    const used = await ports.proofs.use(possession, place);
    if (used.ok) return used;
    if (used.refusal.code === 'request_malformed') return used;
    if (used.refusal.code !== 'token_wrong_key') {
      if (used.refusal.code === 'proof_replayed') ports.events.proofReplayed(familyOf(token));
      return accepted({ refusal: proofRefused(call, used.refusal, ports.proofs.nonce(call.resource)) });
    }
  } else {
    // RFC 9449 §7.1, RFC 8705 §3: the key that was shown is the one that the token is bound to.
    const key = possession.kind === 'key' ? possession.jkt : undefined;
    const certificate = possession.kind === 'certificate' ? possession.thumbprint : undefined;
    const matches = token.jkt === undefined ? certificate === token.certificate : key === token.jkt;
    if (matches) return accepted({});
  }
  ports.events.tokenMisuse({ ...familyOf(token), how: 'wrong_key' });
  return accepted({ refusal: wrongKey(call) });
}

function resourceOf({ resource }: KnownCall, ports: ResourcePorts): ResourceConfig {
  const found = viewOf(ports, '').resource(resource);
  if (!found) throw new Error('an active token is for a resource of the configuration');
  return found;
}
