/** Codes to keep on paper, two in a row; large on a printed page, where nothing else is. */
export function RecoveryCodes({ codes }: { codes: readonly string[] }) {
  return (
    <ul class="codes">
      {codes.map((code) => (
        <li key={code} class="mono">
          {code}
        </li>
      ))}
    </ul>
  );
}
