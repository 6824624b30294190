import type { Site } from './site.js';

/** Where scripts are off: what is missing, and what to do about it. */
export function NoScript({ site }: { site: Site }) {
  return (
    <noscript>
      <p class="apart">{site.words.common.noScript(site.host)}</p>
    </noscript>
  );
}
