import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Blocks of code, which no translation changes, are taken out, because a comment in them looks like a heading. */
const FENCE = /^ *```[\s\S]*?^ *```$/gm;

const translations = readdirSync(path.join('docs', 'es'), { encoding: 'utf8' })
  .filter(name => name.endsWith('.md'))
  .map(name => [`docs/es/${name}`, path.join('docs', name)] as const);

interface Page {
  /** The level of each heading, in order. */
  readonly headings: readonly number[];
  /** How many rows each table has, and how many steps and points each list. */
  readonly rows: readonly number[];
  readonly steps: number;
  readonly points: number;
  readonly code: readonly string[];
  /** The settings and the addresses of the server that the page names. */
  readonly names: readonly string[];
}

function read(file: string): Page {
  const whole = readFileSync(file, 'utf8');
  const text = whole.replace(FENCE, '');
  const count = (pattern: RegExp) => [...text.matchAll(pattern)].length;
  return {
    headings: [...text.matchAll(/^(#+) /gm)].map(match => match[1]?.length ?? 0),
    rows: [...text.matchAll(/(?:^\|.*\n)+/gm)].map(match => match[0].split('\n').length),
    steps: count(/^\d+\. /gm),
    points: count(/^- /gm),
    code: [...whole.matchAll(FENCE)].map(match => match[0]),
    names: [...new Set([...whole.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)/g)].map(match => match[1] ?? ''))].sort(),
  };
}

it('finds the Spanish pages', () => {
  expect(translations.map(([spanish]) => path.basename(spanish)).sort()).toEqual([
    'asking.md',
    'chatgpt-connector-setup.md',
    'claude-connector-setup.md',
    'clients.md',
    'troubleshooting.md',
  ]);
});

describe.each(translations)('%s', (spanish, english) => {
  it('has the headings, tables, lists, code and settings of the English page', () => {
    expect(existsSync(english)).toBe(true);
    const page = read(english);
    expect(page.headings.length).toBeGreaterThan(1);
    expect(read(spanish)).toEqual(page);
  });

  it('links to the Spanish page where there is one', () => {
    const links = [...readFileSync(spanish, 'utf8').matchAll(/\]\(\.\.\/([\w-]+\.md)/g)].map(match => match[1] ?? '');
    expect(links.filter(name => existsSync(path.join('docs', 'es', name)))).toEqual([]);
  });
});
