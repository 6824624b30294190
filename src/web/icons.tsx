import type { ComponentChildren, JSX } from 'preact';

type Mark = () => JSX.Element;

function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg
      width="20"
      height="20"
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      stroke-width="1.75"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const KeyIcon: Mark = () => (
  <Icon>
    <circle cx="6.5" cy="10" r="4" />
    <path d="M10.5 10H18v3M14.5 10v2.5" />
  </Icon>
);

export const CheckIcon: Mark = () => (
  <Icon>
    <path d="M4 10.5l4 4 8-9" />
  </Icon>
);

export const CrossIcon: Mark = () => (
  <Icon>
    <path d="M5 5l10 10M15 5L5 15" />
  </Icon>
);

export const CautionIcon: Mark = () => (
  <Icon>
    <path d="M10 3 18 17H2zM10 8.5v4M10 14.8v.01" />
  </Icon>
);

export const DeviceIcon: Mark = () => (
  <Icon>
    <path d="M4 4h12v9H4zM2 16h16" />
  </Icon>
);

export const PhoneIcon: Mark = () => (
  <Icon>
    <path d="M6 2.5h8v15H6zM9 15h2" />
  </Icon>
);

/** A program with a key of its own. */
export const ProgramIcon: Mark = () => (
  <Icon>
    <path d="M2.5 4h15v12h-15zM6 8l2.5 2L6 12M10.5 12.5h3.5" />
  </Icon>
);

/** Things kept together under one lock. */
export const VaultIcon: Mark = () => (
  <Icon>
    <path d="M3 8h14v9H3zM6 8V6a4 4 0 0 1 8 0v2M10 11.5v2" />
  </Icon>
);

/** A key for the port of a computer. */
export const SecurityKeyIcon: Mark = () => (
  <Icon>
    <path d="M3 6h9v8H3zM12 8h5v4h-5" />
    <circle cx="7" cy="10" r="1.25" />
  </Icon>
);
