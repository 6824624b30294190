// The README of a packed area: its document, without the links that lead into this repository.
import { readFileSync } from 'node:fs';
import path from 'node:path';

const documents = { gateway: 'docs/GATEWAY.md', client: 'docs/CLIENT.md', dbsc: 'docs/DBSC.md' };

export function readme(root, area) {
  const text = readFileSync(path.join(root, documents[area]), 'utf8');
  return text.replace(/\[([^\]]+)\]\((?!https?:)[^)]*\)/g, '$1');
}
