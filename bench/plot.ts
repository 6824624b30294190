import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Line } from './report.js';

const folder = path.resolve(import.meta.dirname, '../../bench/plots');

const width = 720;
const rowHeight = 30;
const labelWidth = 330;
const barWidth = 290;
const margin = 16;
const font = 'system-ui, sans-serif';

/** Draws one bar for each variant of a bench into bench/plots/NAME.svg: the median, and a hairline from least to most. */
export function writePlot(bench: string, lines: readonly Line[]): string {
  const bars = [...new Map(lines.map((line) => [line.variant, line])).values()];
  const units = [...new Set(bars.map(({ unit }) => unit))];
  const groups = units.map((unit) => bars.filter((bar) => bar.unit === unit));
  const height = margin * 2 + groups.reduce((sum, group) => sum + (group.length + 1) * rowHeight, 0);
  let top = margin;
  const drawn = groups.map((group) => {
    const most = Math.max(...group.map(({ max }) => max), Number.MIN_VALUE);
    const rows = group.map((bar, index) => drawBar(bar, most, top + (index + 1) * rowHeight));
    const heading = text(margin, top + 20, group[0]?.unit ?? '', 'font-weight="600"');
    top += (group.length + 1) * rowHeight;
    return [heading, ...rows].join('\n');
  });
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="${font}" font-size="13">`,
    `<title>${escape(bench)}</title>`,
    `<rect width="100%" height="100%" fill="#FBFAF7"/>`,
    ...drawn,
    '</svg>\n',
  ].join('\n');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${bench}.svg`), svg);
  return `plots/${bench}.svg`;
}

function drawBar({ variant, value, min, max }: Line, most: number, top: number): string {
  const at = (figure: number): number => labelWidth + (figure / most) * barWidth;
  const middle = top + rowHeight / 2;
  return [
    text(margin, middle + 4, variant),
    `<rect x="${labelWidth}" y="${top + 6}" width="${(at(value) - labelWidth).toFixed(1)}" height="${rowHeight - 12}" fill="#0B6E69"/>`,
    `<path d="M${at(min).toFixed(1)} ${middle}H${at(max).toFixed(1)}" stroke="#16181D"/>`,
    text(labelWidth + barWidth + 12, middle + 4, String(value), 'style="font-variant-numeric:tabular-nums"'),
  ].join('\n');
}

function text(x: number, y: number, words: string, more = ''): string {
  return `<text x="${x}" y="${y}" fill="#16181D" ${more}>${escape(words)}</text>`;
}

function escape(words: string): string {
  return words.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}
