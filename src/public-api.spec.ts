import { readFileSync } from 'node:fs';

const DOCUMENT = readFileSync('docs/custom-tools.md', 'utf8');
const DOOR = readFileSync('src/public-api.ts', 'utf8');

const example = (name: string): string => `examples/custom-tool/${name}.ts`;

/** Names of Nest, of JavaScript and of the example. */
const FOREIGN = new Set(['Module', 'DiscoveryService', 'TopCustomersTool', 'TopCustomersModule', 'YourModule']);
FOREIGN.add('RegionsResource').add('ReviewRegionPrompt').add('Promise');

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies: Readonly<Record<string, string>>;
}
const manifest = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Manifest;

describe('the public API', () => {
  it('is imported by the name and through the doors that package.json has', () => {
    const { name, version, exports } = manifest('package.json');
    const doors = Object.keys(exports).map(door => name + door.slice(1));
    const documents = ['docs/custom-tools.md', ...['main', 'top-customers.module', 'top-customers.tool'].map(example)];
    const imported = documents.flatMap(file =>
      [...readFileSync(file, 'utf8').matchAll(/from '(@[^']*mcp[^']*)'/g)].map(match => match[1] ?? ''),
    );
    expect(imported.length).toBeGreaterThan(4);
    expect(imported.filter(specifier => !doors.includes(specifier))).toEqual([]);
    expect(manifest('examples/custom-tool/package.json').dependencies[name]).toBe(`^${version}`);
    expect(manifest('docker/package.json').version).toBe(version);
  });

  it('exports every type, class and decorator that docs/custom-tools.md names', () => {
    const code = [...DOCUMENT.matchAll(/```ts\n([^]*?)```|`([^`\n]+)`/g)].map(match => match[1] ?? match[2] ?? '');
    const named = code
      .flatMap(text => text.replace(/'[^']*'/g, '').match(/(?<![\w/.-])@?[A-Z][a-z]+[A-Za-z]*\b(?![/-])/g) ?? [])
      .map(name => name.replace('@', ''));
    const functions = ['lookupFor', 'clientRequests'].filter(name => DOCUMENT.includes(`\`${name}`));
    const names = [...new Set([...named, ...functions])].filter(name => !FOREIGN.has(name));
    expect(names.length).toBeGreaterThan(15);
    expect(names.filter(name => !new RegExp(`[{,\\s]${name}\\b`).test(DOOR))).toEqual([]);
  });
});
