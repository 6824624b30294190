/** A holdfast: the root by which seaweed grips its stone. The stem sways, so that nobody takes it for a power button. */
const grip =
  'M12 9.6c0-3.6 3.8-3.2 4.6-7.4M12 9.6c-4.6.2-7.5 3.1-7.5 7 0 2.2 1 3.8 2.6 4.9M12 9.6c4.6.2 7.5 3.1 7.5 7 0 2.2-1 3.8-2.6 4.9';

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
      <circle class="held" cx="12" cy="16.2" r="3.1" stroke="none" />
    </svg>
  );
}

/** The mark as a tab's icon, readable on light and dark. */
export function brandIcon(accent: string): string {
  const icon =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#7f838c" stroke-width="2.4" ` +
    `stroke-linecap="round"><path d="${grip}"/><circle cx="12" cy="16.2" r="3.1" stroke="none" fill="${accent}"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(icon)}`;
}
