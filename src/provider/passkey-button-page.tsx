import { Button } from '../web/button.js';
import { KeyIcon } from '../web/icons.js';
import type { PageFrame } from './interaction-desk-routes.js';

interface Props extends Pick<PageFrame, 'site' | 'base' | 'csrf'> {
  /** Last part of the addresses that the ceremony asks. */
  readonly ceremony: 'sign-up' | 'recovery';
  readonly label: string;
  readonly kind?: 'go' | 'plain';
}

/** A button that creates a passkey, and the line in which the script says what came of it. */
export function PasskeyButton({ site, base, csrf, ceremony, label, kind = 'go' }: Props) {
  return (
    <div
      class="apart needs-script"
      data-passkey={ceremony}
      data-base={base}
      data-csrf={csrf}
      data-words={JSON.stringify(site.words.passkeys.script)}
    >
      <Button kind={kind} type="button" data-passkey-start>
        <KeyIcon />
        <span data-passkey-words>{label}</span>
      </Button>
      <p class="status" role="status" data-passkey-status />
    </div>
  );
}
