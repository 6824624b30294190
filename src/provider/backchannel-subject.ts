import type { AccountId } from '../accounts/account.js';
import type { ResourceConfig } from '../config/schema.js';
import { epochSeconds, type Clock } from '../lib/clock.js';
import type { ApprovalSubject } from '../stepup/approval.js';
import type { BackchannelRequest } from '../stepup/backchannel-request.js';
import type { Asked } from './scope-words.js';

/** The account of a phantom: nobody has it, so no passkey approves it. */
const nobody = 'acc_nobody' as AccountId;

/** What her passkey signs where the request came from elsewhere. */
export function backchannelSubject(
  request: BackchannelRequest,
  clientName: string,
  expiresAt: number,
): ApprovalSubject {
  const { id, accountId = nobody, clientId, jkt, modelCall, scope, bindingMessage, asked } = request;
  return {
    accountId,
    clientId,
    clientName,
    jkt,
    modelCall,
    scope,
    bindingMessage,
    asked,
    boundTo: id,
    expiresAt,
  };
}

/** Until when an approval would last that is given now, in seconds since the epoch. */
export function approvalEnd({ modelCall, expiresAt }: BackchannelRequest, clock: Clock): number {
  if (modelCall) return epochSeconds(clock) + modelCall.lifetime;
  return Math.floor(expiresAt.getTime() / 1000);
}

const identityScopes = ['openid', 'profile', 'email', 'offline_access'];

/** The scopes of the request, each with what it is of. */
export function backchannelScopes(
  { scope, resource, modelCall }: BackchannelRequest,
  resources: readonly ResourceConfig[],
): Asked {
  const scopes = scope.split(' ').filter((each) => each !== '');
  const identifier = modelCall?.resource ?? resource;
  const known = resources.find((each) => each.identifier === identifier)?.scope.split(' ') ?? [];
  const ofResource = scopes.filter((each) => known.includes(each));
  return {
    oidcScopes: scopes.filter((each) => identityScopes.includes(each)),
    resourceScopes: identifier === undefined || ofResource.length === 0 ? {} : { [identifier]: ofResource },
  };
}
