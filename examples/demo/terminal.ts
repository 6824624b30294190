import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Colours only where the terminal has them and NO_COLOR is not set. */
const paint = (style: Style, text: string): string => styleText(style, text, { stream: process.stdout });
const write = (text: string): void => void process.stdout.write(text);

const wide = 46;

export function title(text: string, below: string): void {
  write(`\n  ${paint('bold', text)}\n  ${paint('dim', below)}\n`);
}

export function chapter(name: string, words = ''): void {
  write(`\n  ${paint('bold', name)} ${paint('dim', words)}\n`);
}

/** A line of the story that came out as it should: what happened, and a fact about it. */
export function happened(what: string, fact: string): void {
  write(`    ${paint('green', '✓')} ${what.padEnd(wide)} ${paint('dim', fact)}\n`);
}

export function otherwise(what: string, fact: string): void {
  write(`    ${paint('red', '✗')} ${what.padEnd(wide)} ${paint('red', fact)}\n`);
}

/** Words that arrive one after another. */
export function hear(words: string): void {
  write(paint('cyan', words));
}

export function remark(text: string): void {
  write(`      ${paint('dim', text)}\n`);
}

export function end(well: boolean, text: string): void {
  write(`\n  ${paint(well ? 'green' : 'red', text)}\n\n`);
}

export function dollars(microDollars: number): string {
  return `$${(microDollars / 1_000_000).toFixed(microDollars === 0 || microDollars >= 10_000 ? 2 : 6)}`;
}
