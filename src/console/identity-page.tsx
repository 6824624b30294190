import type { UpstreamIdentity } from '../accounts/upstream-identity.js';
import type { ConfirmAbility } from './confirm-ability.js';
import { ConfirmForm } from './confirm-form-page.js';
import { ChangePage, type ConsoleContext } from './console-page.js';

interface Props {
  readonly context: ConsoleContext;
  readonly ability: ConfirmAbility;
  readonly identity: UpstreamIdentity;
}

export function UnlinkPage({ context, ability, identity }: Props) {
  const words = context.site.words.account.identities;
  const title = words.unlinkTitle(identity.providerName);
  return (
    <ChangePage context={context} title={title} scripts={['account.js']}>
      <h1>
        {title} <span class="quiet">{words.unlinkConsequence}</span>
      </h1>
      {identity.email !== undefined && <p class="lede">{identity.email}</p>}
      <ConfirmForm
        context={context}
        ability={ability}
        path={`/account/identities/${identity.id}/unlink`}
        action="unlink_identity"
        target={identity.id}
        words={words.unlink}
      />
    </ChangePage>
  );
}
