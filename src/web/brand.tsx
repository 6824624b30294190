import { BrandMark } from './brand-mark.js';
import type { Site } from './site.js';

/** Whose page this is: the mark and the name, and the way to the front page. */
export function Brand({ site, href = '/' }: { site: Site; href?: string }) {
  const { logo } = site.look;
  return (
    <a class="brand" href={href}>
      {logo === undefined ? (
        <BrandMark />
      ) : (
        <img src={logo.src} width={logo.width} height={logo.height} alt="" />
      )}
      {site.brand}
    </a>
  );
}
