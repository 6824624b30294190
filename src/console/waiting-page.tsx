import type { WaitingRequest } from './waiting-requests.js';
import { Ago } from '../web/ago.js';
import { ButtonLink } from '../web/button.js';
import { Row, Rows } from '../web/rows.js';
import { Split } from '../web/split.js';
import type { ConsoleContext } from './console-page.js';
import { dotted } from './dotted-page.js';

interface Props {
  readonly context: ConsoleContext;
  readonly waiting: readonly WaitingRequest[];
}

/** What apps elsewhere ask of her just now. Nothing stands here when nobody asks. */
export function WaitingSection({ context: { site, now }, waiting }: Props) {
  if (waiting.length === 0) return null;
  const words = site.words.account.waiting;
  return (
    <Split id="waiting" heading={words.heading} note={words.note}>
      <Rows>
        {waiting.map(({ id, app, host, askedAt }) => (
          <Row
            key={id}
            title={<span class="clamp">{app}</span>}
            note={dotted([host, words.asked(<Ago site={site} at={askedAt} now={now} />)])}
            action={
              <ButtonLink small href={`/approve/${id}`} label={words.answerNamed(app)}>
                {words.answer}
              </ButtonLink>
            }
          />
        ))}
      </Rows>
    </Split>
  );
}
