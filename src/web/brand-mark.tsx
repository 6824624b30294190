/** A holdfast: the root by which seaweed grips its stone. */
const grip =
  'M12 2.5v6.5M12 9c-4.6.2-7.5 3.4-7.5 7.4 0 2.4 1.2 4.2 3 5.1M12 9c4.6.2 7.5 3.4 7.5 7.4 0 2.4-1.2 4.2-3 5.1';

export function BrandMark() {
  return (
    <svg
      width="26"
      height="26"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      aria-hidden="true"
    >
      <path d={grip} />
      <circle class="held" cx="12" cy="16" r="3.25" stroke="none" />
    </svg>
  );
}

/** The mark as a tab's icon, readable on light and dark. */
export function brandIcon(accent: string): string {
  const icon =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#7f838c" stroke-width="2.4" ` +
    `stroke-linecap="round"><path d="${grip}"/><circle cx="12" cy="16" r="3.25" stroke="none" fill="${accent}"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(icon)}`;
}
