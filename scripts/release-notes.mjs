// Prints the section of a version in CHANGELOG.md, for the release on GitHub. Fails when the tag, the version in a file and
// the changelog don't match, so that .github/workflows/release.yml publishes nothing.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isStarted, readOptions, refuse } from './options.mjs';

const HELP = `Usage: node scripts/release-notes.mjs --tag v2.1.0 [--root DIRECTORY] [--out FILE]

Checks that the tag is the version in package.json, in the chart, in the bundle's manifest and in server.json, and that
CHANGELOG.md has a dated section of it. Prints that section, or writes it to FILE.`;

/** Returns the text below `## 2.1.0 (2026-12-01)`, up to the next heading of this level. Throws an Error that names the fault. */
export function sectionOf(changelog, version) {
  const lines = changelog.split('\n');
  const begin = lines.findIndex(line => line === `## ${version}` || line.startsWith(`## ${version} `));
  if (begin === -1) throw new Error(`CHANGELOG.md has no section "## ${version}".`);
  if (!/^## \S+ \(\d{4}-\d{2}-\d{2}\)$/.test(lines[begin])) {
    throw new Error(`CHANGELOG.md: "${lines[begin]}" must have the date of the release: ## ${version} (2026-12-01).`);
  }
  const length = lines.slice(begin + 1).findIndex(line => line.startsWith('## '));
  const notes = lines
    .slice(begin + 1, length === -1 ? undefined : begin + 1 + length)
    .join('\n')
    .trim();
  if (notes === '') throw new Error(`CHANGELOG.md: the section of ${version} is empty.`);
  return notes;
}

/** Returns the version in each file that contains one, as pairs of file and version. */
function versionsIn(root) {
  const read = file => readFileSync(path.join(root, file), 'utf8');
  const chart = 'docker/helm/mssql-mcp/Chart.yaml';
  const inChart = key => new RegExp(`^${key}: "?([^"\\s]+)"?$`, 'm').exec(read(chart))?.[1];
  const server = JSON.parse(read('mcpb/server.json'));
  return [
    ['package.json', JSON.parse(read('package.json')).version],
    ['mcpb/manifest.json', JSON.parse(read('mcpb/manifest.json')).version],
    ['mcpb/server.json', server.version],
    ...server.packages.map(each => [`mcpb/server.json: ${each.identifier}`, each.version]),
    [`${chart}: version`, inChart('version')],
    [`${chart}: appVersion`, inChart('appVersion')],
  ];
}

/** Returns the notes of the release with this tag. Throws an Error that names the fault. */
export function notesOf(tag, root) {
  const version = /^v(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)$/.exec(tag)?.[1];
  if (version === undefined) throw new Error(`The tag "${tag}" is not a version such as v2.1.0.`);
  const others = versionsIn(root).filter(([, found]) => found !== version);
  if (others.length > 0) {
    throw new Error(`The tag is ${tag}, but ${others.map(([file, found]) => `${file} says ${found}`).join(', ')}.`);
  }
  return sectionOf(readFileSync(path.join(root, 'CHANGELOG.md'), 'utf8'), version);
}

if (isStarted(fileURLToPath(import.meta.url))) {
  const { tag, root, out } = readOptions(
    { tag: { type: 'string' }, root: { type: 'string', default: '.' }, out: { type: 'string' } },
    HELP,
  );
  if (tag === undefined) refuse('--tag is missing.', HELP);
  try {
    const notes = notesOf(tag, root);
    if (out === undefined) console.log(notes);
    else writeFileSync(out, `${notes}\n`);
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
