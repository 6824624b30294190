import Bowser from 'bowser';

/** What a label may consist of; the header can say anything. */
const plain = /^[A-Za-z][A-Za-z0-9 .]{0,29}$/;
const longestHeader = 400;

/** `Chrome on macOS`, as browsers say it themselves; undefined for what says nothing that we know. */
export function browserLabel(userAgent: string | undefined): string | undefined {
  if (!userAgent || userAgent.length > longestHeader) return undefined;
  const { browser, os } = Bowser.parse(userAgent);
  const parts = [browser.name, os.name].filter((name) => name !== undefined && plain.test(name));
  return parts.length === 2 ? parts.join(' on ') : undefined;
}
