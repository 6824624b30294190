/** A line of the recording: who did what, what came of it, and in small print what the server said. */
export interface RecordedStep {
  readonly side: 'you' | 'thief';
  readonly ends: 'done' | 'served' | 'asked' | 'stopped';
  readonly does: string;
  readonly came: string;
  readonly fact: string | undefined;
}

export interface Recording {
  readonly you: string;
  readonly thief: string;
  readonly lostWords: string;
  /** `$0.00` */
  readonly lost: string;
  readonly ending: string;
  readonly steps: readonly RecordedStep[];
}

const size = { width: 880, height: 520, head: 104, foot: 44, line: 20, padding: 12, margin: 28 };
const column = { you: size.margin, sum: size.width / 2, thief: 514 };
const charactersPerLine = 42;
const seconds = { step: 1.7, first: 0.2, move: 0.45, hold: 5 };

interface Placed extends RecordedStep {
  readonly top: number;
  readonly lines: readonly string[];
  readonly height: number;
}

/**
 * The story as a picture that moves: each line comes when its turn is, older ones make room. Where less motion is wanted it
 * stands still at its end. Colours and rules are those of the pages.
 */
export function drawRecording({ steps, ...words }: Recording): string {
  const placed = place(steps);
  const whole = seconds.first + placed.length * seconds.step + seconds.hold;
  const percent = (second: number): string => `${((second / whole) * 100).toFixed(2)}%`;
  const startOf = (index: number): number => seconds.first + index * seconds.step;
  const visible = size.height - size.head - size.foot;
  const shiftAt = (index: number): number => {
    const { top, height } = placed[index] ?? { top: 0, height: 0 };
    return Math.min(0, visible - (top + height));
  };
  const appear = placed.map((_, index) => {
    const start = startOf(index);
    return `@keyframes r${index}{0%,${percent(start)}{opacity:0}${percent(start + seconds.move)},100%{opacity:1}}.r${index}{animation:r${index} ${whole}s infinite}`;
  });
  const moves = placed.flatMap((_, index) => {
    const before = index === 0 ? 0 : shiftAt(index - 1);
    const start = startOf(index);
    return [
      `${percent(start)}{transform:translateY(${before}px)}`,
      `${percent(start + seconds.move)}{transform:translateY(${shiftAt(index)}px)}`,
    ];
  });
  const end = shiftAt(placed.length - 1);
  const style = [
    ':root{color-scheme:light dark;--paper:#fbfaf7;--ink:#16181d;--quiet:#5a5f69;--line:#e2e0d9;--edge:#7f838c;--accent:#0b6e69}',
    '@media(prefers-color-scheme:dark){:root{--paper:#101114;--ink:#ecedee;--quiet:#a3a7af;--line:#2a2c31;--edge:#767b85;--accent:#55c2b6}}',
    "text{font:15px/20px -apple-system,'Segoe UI',Roboto,Inter,system-ui,sans-serif;fill:var(--ink);font-variant-numeric:tabular-nums}",
    '.small{font-size:13px}.quiet{fill:var(--quiet)}.strong{font-weight:600}.money{font-size:36px;font-weight:600;letter-spacing:-.02em}',
    '.ground{fill:var(--paper)}.hair{stroke:var(--line)}.rule{stroke:var(--ink);stroke-width:2}.open{fill:none;stroke:var(--edge);stroke-width:2}',
    '.asked{fill:var(--accent)}.stopped{fill:var(--ink)}',
    `.ledger{transform:translateY(${end}px)}`,
    `@media(prefers-reduced-motion:no-preference){${appear.join('')}@keyframes move{0%{transform:translateY(0)}${moves.join('')}100%{transform:translateY(${end}px)}}.ledger{animation:move ${whole}s infinite}}`,
  ].join('\n');
  const { width, height, head, foot, margin } = size;
  const text = (x: number, y: number, kind: string, said: string, anchor = 'start'): string =>
    `<text x="${x}" y="${y}" class="${kind}" text-anchor="${anchor}">${escape(said)}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escape(words.ending)}">
<style>
${style}
</style>
<rect class="ground" width="${width}" height="${height}" rx="8"/>
<clipPath id="window"><rect y="${head}" width="${width}" height="${visible}"/></clipPath>
<g clip-path="url(#window)"><g class="ledger">
${placed.map((step, index) => `<g class="r${index}">${drawStep(step, words.lost, text)}</g>`).join('\n')}
</g></g>
${text(column.you, head - 16, 'strong', words.you)}
${text(column.thief, head - 16, 'strong', words.thief)}
${text(column.sum, 34, 'small quiet', words.lostWords, 'middle')}
${text(column.sum, head - 26, 'money', words.lost, 'middle')}
<path class="rule" d="M${margin} ${head}H${width - margin}"/>
<path class="hair" d="M${margin} ${height - foot}H${width - margin}M${column.sum - 56} ${head}V${height - foot}M${column.sum + 56} ${head}V${height - foot}"/>
${text(column.you, height - 17, 'small quiet', words.ending)}
</svg>
`;
}

type Text = (x: number, y: number, kind: string, said: string, anchor?: string) => string;

function drawStep({ side, ends, lines, came, fact, top, height }: Placed, lost: string, text: Text): string {
  const x = column[side];
  const base = size.head + top + size.padding;
  const mark = base + lines.length * size.line;
  const shape =
    ends === 'stopped'
      ? `<rect class="stopped" x="${x}" y="${mark + 5}" width="9" height="9"/>`
      : `<circle class="${ends === 'asked' ? 'asked' : 'open'}" cx="${x + 4.5}" cy="${mark + 9.5}" r="${ends === 'asked' ? 4.5 : 3.5}"/>`;
  return [
    ...lines.map((line, index) => text(x, base + 15 + index * size.line, '', line)),
    shape,
    text(x + 17, mark + 15, ends === 'stopped' ? 'strong' : '', came),
    ...(fact === undefined ? [] : [text(x + 17, mark + 15 + size.line, 'small quiet', fact)]),
    text(column.sum, base + 15, 'quiet', lost, 'middle'),
    `<path class="hair" d="M${size.margin} ${size.head + top + height - 0.5}H${size.width - size.margin}"/>`,
  ].join('');
}

function place(steps: readonly RecordedStep[]): Placed[] {
  let top = 0;
  return steps.map((step) => {
    const lines = wrap(step.does);
    const rows = lines.length + 1 + (step.fact === undefined ? 0 : 1);
    const placed = { ...step, lines, top, height: rows * size.line + 2 * size.padding };
    top += placed.height;
    return placed;
  });
}

function wrap(text: string): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + 1 + word.length > charactersPerLine) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
