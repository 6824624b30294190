import { BrandMark } from './brand-mark.js';
import type { Site } from './site.js';

/** Whose page this is: the mark and the name, and the way to the front page. */
export function Brand({ site, href = '/' }: { site: Site; href?: string }) {
  return (
    <a class="brand" href={href}>
      <BrandMark />
      {site.brand}
    </a>
  );
}
