import { Button } from '../web/button.js';
import type { Site } from '../web/site.js';

export interface UpstreamChoice {
  readonly id: string;
  readonly name: string;
}

interface Props {
  readonly site: Site;
  /** Path of the interaction. */
  readonly base: string;
  readonly csrf: string;
  readonly choices: readonly UpstreamChoice[];
}

/** A button for each provider; plain forms, so that they work without script. */
export function UpstreamChoices({ site, base, csrf, choices }: Props) {
  if (choices.length === 0) return null;
  const { login, upstream } = site.words;
  return (
    <div class="section stack">
      <p class="or">{login.or}</p>
      {choices.map(({ id, name }) => (
        <form key={id} method="post" action={`${base}/upstream/${id}`}>
          <input type="hidden" name="csrf" value={csrf} />
          <Button type="submit">{upstream.continueWith(name)}</Button>
        </form>
      ))}
    </div>
  );
}
