import { hardwareAcr, passkeyAcr } from '../accounts/authentication.js';
import type { StepUpReadiness } from '../accounts/step-up-readiness.js';
import { Moment } from '../web/moment.js';
import { Notice } from '../web/notice.js';
import type { Site } from '../web/site.js';
import type { AcrDemand } from './acr-demand.js';

interface Props {
  readonly site: Site;
  readonly demand: AcrDemand;
  /** Of the person who is signed in; undefined: nobody is known. */
  readonly readiness: StepUpReadiness | undefined;
}

/** Why some ways of signing in are missing, and why hers will not do. */
export function LoginStrength({ site, demand, readiness }: Props) {
  const { strength } = site.words.login;
  if (demand !== passkeyAcr && demand !== hardwareAcr) return null;
  return (
    <>
      <p class="section">{demand === passkeyAcr ? strength.passkey : strength.hardwareKey}</p>
      {readiness?.kind === 'none' && <Notice kind="caution">{strength.none}</Notice>}
      {readiness?.kind === 'held' && (
        <Notice kind="caution">{strength.held(<Moment site={site} at={readiness.until} />)}</Notice>
      )}
    </>
  );
}
