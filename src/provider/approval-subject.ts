import type { AccountId } from '../accounts/account.js';
import type { Circumstances } from '../accounts/circumstances.js';
import type { Config } from '../config/schema.js';
import { refuse } from '../lib/refusal.js';
import type { ApprovalSubject } from '../stepup/approval.js';
import type { ModelCallRequest } from '../stepup/model-call.js';
import { readModelCall } from '../stepup/model-call-policy.js';
import type { Tiers } from '../stepup/tiers.js';
import { clientName } from './asker.js';
import type { Interaction } from './interaction.js';
import { asksSamePerson } from './login-policy.js';
import { worldOf } from './model-call-details.js';

interface World {
  readonly config: Pick<Config, 'resources'>;
  readonly tiers: Tiers;
  readonly circumstances: () => Circumstances;
}

/** There are calls to approve: an interaction with authorization_details always names some. */
export type ModelCallSubject = ApprovalSubject & { readonly modelCall: ModelCallRequest };

export function asksForApproval({ params }: Interaction): boolean {
  return params['authorization_details'] !== undefined;
}

/** Whether the next step is the approval: also where her login is too old or too weak, for one assertion does both. */
export function isAtApproval(interaction: Interaction): boolean {
  if (!asksForApproval(interaction) || interaction.accountId === undefined) return false;
  return interaction.prompt.name === 'consent' || asksSamePerson(interaction);
}

/**
 * What the person is asked to sign in this interaction, made from what the server knows: the pushed request, her session,
 * the tiers of this moment. Its end counts from when the page was first shown.
 */
export function approvalSubjectOf(interaction: Interaction, world: World): ModelCallSubject {
  const { accountId, client, params, startedAt, uid } = interaction;
  if (!isAtApproval(interaction)) {
    throw refuse('interaction_gone', `nothing is to be approved at the ${interaction.prompt.name} step`);
  }
  const text = String(params['authorization_details']);
  const modelCall = readModelCall(text, worldOf(params, world.config, world.tiers));
  // Read before, when it was pushed: the tiers have changed since.
  if (!modelCall.ok) throw refuse('approval_changed', modelCall.refusal.detail);
  const { scope, dpop_jkt: jkt } = params;
  if (typeof jkt !== 'string') throw refuse('approval_changed', 'the request names no key');
  const { place, browser } = world.circumstances();
  return {
    accountId: accountId as AccountId,
    clientId: client.clientId,
    clientName: clientName(client),
    jkt,
    modelCall: modelCall.value,
    scope: typeof scope === 'string' ? scope : '',
    bindingMessage: undefined,
    asked: { place, browser },
    boundTo: uid,
    expiresAt: startedAt + modelCall.value.lifetime,
  };
}
