import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { MCP_REQUIREMENTS } from '../requirements/mcp.js';

/** Numbers are cited in the name of a test, or in a comment on it. */
function citations(): ReadonlyMap<number, readonly string[]> {
  const cited = new Map<number, string[]>();
  for (const folder of ['src', 'test']) {
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.spec.ts') || file === path.join('architecture', 'requirements.spec.ts')) continue;
      const text = readFileSync(path.join(folder, file), 'utf8');
      for (const [, id] of text.matchAll(/\bMCP-(\d+)\b/g)) {
        const list = cited.get(Number(id)) ?? [];
        cited.set(Number(id), [...list, path.join(folder, file)]);
      }
    }
  }
  return cited;
}

describe('the requirements of MCP', () => {
  const cited = citations();

  it('are numbered without gaps', () => {
    expect(MCP_REQUIREMENTS.map(({ id }) => id)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
  });

  it('are each cited by a test', () => {
    expect(MCP_REQUIREMENTS.filter(({ id }) => !cited.has(id)).map(({ id, text }) => `MCP-${id}: ${text}`)).toEqual([]);
  });

  it('are not cited where there are none', () => {
    const known = new Set(MCP_REQUIREMENTS.map(({ id }) => id));
    expect([...cited].filter(([id]) => !known.has(id))).toEqual([]);
  });
});
