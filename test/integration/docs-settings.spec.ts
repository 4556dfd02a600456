import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const under = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath, entry.name));
const documents = [
  'README.md',
  'README.es.md',
  'CONTRIBUTING.md',
  ...under('docs').filter(file => file.endsWith('.md')),
].map(file => [file, readFileSync(file, 'utf8')] as const);
const contents = (files: readonly string[]) => files.map(file => readFileSync(file, 'utf8')).join('\n');

const sources = (folder: string, extension = /\.(?:mjs|ts)$/) =>
  contents(under(folder).filter(file => extension.test(file) && !file.includes('docs-settings')));

/** Where a variable of ours can come from: the examples, and what scripts, images, benchmarks and tests read. */
const OURS = [
  contents(['.env.example', 'config/tenants.example.yaml']),
  sources('docker', /\.(?:env\.example|ya?ml)$|Dockerfile$/),
  sources('scripts', /\.(?:mjs|sh|service|timer)$/),
  sources('nginx', /\.(?:conf|template)$/),
  sources('bench'),
  [...sources('test').matchAll(/process\.env(?:\.|\[')([A-Z_0-9]+)/g)].map(match => match[1]).join('\n'),
].join('\n');
const isOurs = (name: string) => new RegExp(`\\b${name.replace(/_FILE$/, '')}(?:_FILE)?\\b`).test(OURS);

/** Variables of other programs, by the beginning of their names. */
const OTHER_PROGRAMS = /^(?:AZURE_|CLAUDE_CODE_|NODE_|OTEL_|XDG_|MAX_MCP_OUTPUT_TOKENS$|MCP_TOOL_TIMEOUT$)/;
/** Settings of the server that no example shows, because nobody should set them, or which are of an older version. */
const UNLISTED = new Set(['ALLOW_UNAUTH_METHODS', 'ALLOW_UNAUTH_TOOLS_CALL', 'ALLOW_UNAUTH', 'MSSQL_DRIVER']);

/** What a document sets: `NAME=value` at the start of a line, of inline code or after a space, and `$env:NAME = `. */
const ASSIGNED = /(?:^|[\s`({"])(?:-e |--env )?([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)=|\$env:([A-Z][A-Z0-9_]*) =/gm;
/** A name that stands alone in inline code, with the words around it that say what it is. */
const NAMED = /`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`/g;

/** Codes of errors, and names of SQL that the policy, the catalogue, the sandbox or our scripts know. */
const CODE = [sources('src'), sources('sandbox/src'), sources('scripts/sql', /\.sql$/)].join('\n');
const isCode = (name: string) => new RegExp(`\\b${name}\\b`, 'i').test(CODE);
const known = (name: string) => isOurs(name) || OTHER_PROGRAMS.test(name) || UNLISTED.has(name);

it('finds settings in the documents', () => {
  const all = documents.map(([, text]) => text).join('\n');
  expect([...all.matchAll(ASSIGNED)].length).toBeGreaterThan(50);
  expect([...all.matchAll(NAMED)].length).toBeGreaterThan(100);
  expect(known('READ_OLNY_MODE')).toBe(false);
});

describe.each(documents)('%s', (_file, text) => {
  it('sets only variables that something reads', () => {
    const names = [...text.matchAll(ASSIGNED)].map(match => match[1] ?? match[2] ?? '');
    expect(names.filter(name => !known(name))).toEqual([]);
  });

  it('names only settings of the examples, and names that the code has', () => {
    const names = [...text.matchAll(NAMED)].map(match => match[1] ?? '');
    expect(names.filter(name => !known(name) && !isCode(name))).toEqual([]);
  });

  it('shows only keys that the example of tenants or the values of the chart have', () => {
    const examples = contents(['config/tenants.example.yaml', 'docker/helm/mssql-mcp/values.yaml']);
    const keys = new Set([...examples.matchAll(/(\w+):/g)].map(match => match[1]));
    const blocks = [...text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(match => match[1] ?? '');
    const shown = blocks
      .filter(block => /^(?:tenants|access|upstream|database|limits|brand):/m.test(block))
      .flatMap(block => [...block.replace(/#.*$/gm, '').matchAll(/(?:^|[\s{,-])([a-z_]+):(?=\s|$)/gm)])
      .map(match => match[1]);
    expect(shown.filter(key => !keys.has(key ?? ''))).toEqual([]);
  });
});
