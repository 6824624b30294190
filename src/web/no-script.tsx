/** Where scripts are off: what is missing, and what to do about it. */
export function NoScript({ host }: { host: string }) {
  return (
    <noscript>
      <p class="apart">Passkeys need JavaScript. Please allow it for {host} and load this page again.</p>
    </noscript>
  );
}
