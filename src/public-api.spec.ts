import { readFileSync } from 'node:fs';

const DOCUMENT = readFileSync('docs/custom-tools.md', 'utf8');
const DOOR = readFileSync('src/public-api.ts', 'utf8');

/** Names of Nest, of JavaScript and of the example. */
const FOREIGN = new Set(['Module', 'DiscoveryService', 'TopCustomersTool', 'TopCustomersModule', 'YourModule']);
FOREIGN.add('RegionsResource').add('ReviewRegionPrompt').add('Promise');

describe('the public API', () => {
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
