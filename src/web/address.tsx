/** An e-mail address, which breaks before its host where a line is too short for it. */
export function Address({ of }: { of: string }) {
  const at = of.lastIndexOf('@');
  if (at < 1) return <>{of}</>;
  return (
    <>
      {of.slice(0, at)}
      <wbr />
      {of.slice(at)}
    </>
  );
}
