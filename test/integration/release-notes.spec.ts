import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const VERSIONED = ['package.json', 'mcpb/manifest.json', 'mcpb/server.json', 'docker/helm/mssql-mcp/Chart.yaml'];
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
const TAG = `v${version}`;

/** The script runs in a process, as the workflow runs it. */
function notes(...args: readonly string[]): Promise<{ code: number; out: string; error: string }> {
  return new Promise(resolve =>
    execFile(process.execPath, ['scripts/release-notes.mjs', ...args], (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, error: err }),
    ),
  );
}

/** A copy of what the script reads, on the day of the release. */
function released(changelog: (text: string) => string = text => text): string {
  const root = mkdtempSync(path.join(os.tmpdir(), 'mcp-release-'));
  for (const file of VERSIONED) {
    mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
    cpSync(file, path.join(root, file));
  }
  const dated = readFileSync('CHANGELOG.md', 'utf8').replace(/^## (\S+) \(unreleased\)$/m, '## $1 (2026-12-01)');
  writeFileSync(path.join(root, 'CHANGELOG.md'), changelog(dated));
  return root;
}

describe('CHANGELOG.md', () => {
  it('has each section of a version once, in the usual order, and no line twice', () => {
    const versions = readFileSync('CHANGELOG.md', 'utf8').split(/^## /m).slice(1);
    expect(versions.length).toBeGreaterThan(1);
    for (const text of versions) {
      const sections = [...text.matchAll(/^### (\w+)/gm)].map(([, name]) => name);
      expect(sections).toEqual(
        ['Upgrading', 'Added', 'Changed', 'Fixed', 'Removed'].filter(name => sections.includes(name)),
      );
      const lines = text.split('\n').filter(line => line.length > 40);
      expect(lines.filter((line, at) => lines.indexOf(line) !== at)).toEqual([]);
    }
  });
});

describe('scripts/release-notes.mjs', () => {
  it('prints the section of the version, and nothing of another', async () => {
    const { code, out } = await notes('--tag', TAG, '--root', released());
    expect(code).toBe(0);
    expect(out).toMatch(/^### /);
    expect(out).toContain('\n### Added\n');
    expect(out).not.toMatch(/^## /m);
    const older = /^## (?!.*\(unreleased\))(\S+) /m.exec(readFileSync('CHANGELOG.md', 'utf8'))?.[1];
    expect(older).toBeDefined();
    expect(out).not.toContain(`## ${older}`);
  });

  it('writes a file, also of the last section', async () => {
    const root = released(() => `# Changelog\n\n## ${version} (2026-12-01)\n\n### Fixed\n- One thing.\n`);
    const file = path.join(root, 'notes.md');
    expect(await notes('--tag', TAG, '--root', root, '--out', file)).toMatchObject({ code: 0, out: '' });
    expect(readFileSync(file, 'utf8')).toBe('### Fixed\n- One thing.\n');
  });

  it.each(VERSIONED)('refuses a tag that is not the version in %s', async file => {
    const root = released();
    const text = readFileSync(path.join(root, file), 'utf8');
    // The first occurrence only, so that every place is checked that a release must change.
    writeFileSync(path.join(root, file), text.replace(version, '9.9.9'));
    const { code, error } = await notes('--tag', TAG, '--root', root);
    expect(code).toBe(1);
    expect(error).toContain(`${file}`);
    expect(error).toContain('says 9.9.9');
  });

  it.each<[string, (text: string) => string, RegExp]>([
    ['has no section of it', text => text.replace(`## ${version} `, '## 9.9.9 '), /has no section "## /],
    ['has no date of it', text => text.replace('(2026-12-01)', '(unreleased)'), /must have the date of the release/],
    ['says nothing of it', () => `## ${version} (2026-12-01)\n\n## 1.0.0 (2020-01-01)\n- x\n`, /is empty/],
  ])('refuses a version of which the changelog %s', async (_what, changelog, message) => {
    expect(await notes('--tag', TAG, '--root', released(changelog))).toMatchObject({
      code: 1,
      out: '',
      error: expect.stringMatching(message),
    });
  });

  it('refuses a tag that is not a version', async () => {
    for (const tag of [version, 'v2', 'v2.1.0; rm -rf /', 'latest'])
      expect(await notes('--tag', tag, '--root', released())).toMatchObject({
        code: 1,
        error: expect.stringMatching(/is not a version/),
      });
    expect(await notes()).toMatchObject({ code: 2, error: expect.stringMatching(/--tag is missing/) });
  });
});
