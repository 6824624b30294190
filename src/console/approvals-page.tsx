import { dollars } from '../provider/approval-facts-page.js';
import type { Approval } from '../stepup/approval.js';
import { Moment } from '../web/moment.js';
import { Row, Rows } from '../web/rows.js';
import { Split } from '../web/split.js';
import type { ConsoleContext } from './console-page.js';
import { dotted } from './dotted-page.js';
import { CutOffForm } from './cut-off-form-page.js';

interface Props {
  readonly context: ConsoleContext;
  readonly approvals: readonly Approval[];
  /** A tier's title by its id. */
  readonly titleOf: (tier: string) => string;
}

/** What may still cost her something. Nothing stands here most of the time. */
export function ApprovalsSection({ context, approvals, titleOf }: Props) {
  if (approvals.length === 0) return null;
  const { site, csrf } = context;
  const words = site.words.account.approvals;
  return (
    <Split id="approvals" heading={words.heading} note={words.note}>
      <Rows>
        {approvals.map(({ id, subject, spent }) => {
          const { spendLimit, tier = '' } = subject.modelCall ?? {};
          const upTo = spendLimit === undefined ? undefined : dollars(site, spendLimit);
          const title = words.row(titleOf(tier), upTo);
          return (
            <Row
              key={id}
              title={title}
              note={dotted([
                subject.clientName,
                words.used(dollars(site, spent)),
                words.ends(<Moment site={site} at={new Date(subject.expiresAt * 1000)} near />),
              ])}
              action={
                <CutOffForm
                  csrf={csrf}
                  action="/account/approvals/stop"
                  field={{ name: 'approval', value: id }}
                  label={words.stop}
                  named={words.stopNamed(title)}
                />
              }
            />
          );
        })}
      </Rows>
    </Split>
  );
}
