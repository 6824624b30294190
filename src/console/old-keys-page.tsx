import { dollars } from '../provider/approval-facts-page.js';
import type { OwnLegacyCredential } from '../resource/legacy-credential.js';
import { Ago } from '../web/ago.js';
import { Moment } from '../web/moment.js';
import { Row, Rows } from '../web/rows.js';
import { Split } from '../web/split.js';
import type { ConsoleContext } from './console-page.js';
import { CutOffForm } from './cut-off-form-page.js';
import { dotted } from './dotted-page.js';
import { oldKeyId } from './old-keys-service.js';

interface Props {
  readonly context: ConsoleContext;
  readonly oldKeys: readonly OwnLegacyCredential[];
}

/** Keys that whoever has a copy can use. Nothing stands here for most people. */
export function OldKeysSection({ context, oldKeys }: Props) {
  if (oldKeys.length === 0) return null;
  const { site, csrf, now } = context;
  const words = site.words.account.oldKeys;
  return (
    <Split id="old-keys" heading={words.heading} note={words.note}>
      <Rows>
        {oldKeys.map((key) => {
          const { label, prefix, resource, lastUsedAt, endsAt, spent } = key;
          const name = label ?? (prefix === undefined ? words.unnamed : words.beginning(prefix));
          return (
            <Row
              key={oldKeyId(key)}
              title={<span class="clamp">{name}</span>}
              note={dotted([
                label !== undefined && prefix !== undefined && words.beginning(prefix),
                URL.canParse(resource) ? new URL(resource).host : resource,
                lastUsedAt ? words.used(<Ago site={site} at={lastUsedAt} now={now} />) : words.unused,
                words.spent(dollars(site, spent)),
                endsAt && words.ends(<Moment site={site} at={endsAt} />),
              ])}
              action={
                <CutOffForm
                  csrf={csrf}
                  action="/account/old-keys/stop"
                  field={{ name: 'key', value: oldKeyId(key) }}
                  label={words.stop}
                  named={words.stopNamed(name)}
                />
              }
            />
          );
        })}
      </Rows>
    </Split>
  );
}
