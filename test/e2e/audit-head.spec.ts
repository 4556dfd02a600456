import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { AuditService } from '../../src/audit/audit.service.js';
import { ServerConfig } from '../../src/config/server.config.js';
import { StateCipher } from '../../src/state/state-cipher.js';

const run = promisify(execFile);
const PROGRAM = path.resolve('dist/cli/bin.js');

interface Ended {
  readonly code: number;
  readonly text: string;
}

/** `mssql-mcp audit verify` in an empty directory, so that no .env of this repository counts. */
async function verify(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
  const cwd = mkdtempSync(path.join(os.tmpdir(), 'mcp-verify-'));
  const { PATH = '' } = process.env;
  try {
    const { stdout, stderr } = await run(process.execPath, [PROGRAM, 'audit', 'verify', ...args], {
      cwd,
      env: { PATH, ...env },
    });
    return { code: 0, text: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, text: stdout + stderr };
  }
}

describe('mssql-mcp audit verify with a head file', () => {
  const STATE_KEY = randomBytes(32).toString('base64');
  let directory: string;
  let file: string;
  let lines: readonly string[];

  beforeEach(async () => {
    directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-audit-head-'));
    file = path.join(directory, 'audit.jsonl');
    const config = Object.assign(new ServerConfig(), { auditFile: file });
    for (const principal of ['ann', 'bob']) {
      const audit = new AuditService(config, new StateCipher(Buffer.from(STATE_KEY, 'base64')));
      await audit.oauthEvent({ event: 'sign_in', tenant: 'demo', principal });
      await audit.onApplicationShutdown();
    }
    lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  });

  it('finds the head beside the trail, and that the last chain was removed', async () => {
    const whole = await verify([file], { STATE_KEY });
    expect(whole).toMatchObject({ code: 0, text: expect.stringContaining('lists 2 chain(s)') });
    writeFileSync(file, `${lines.slice(0, 3).join('\n')}\n`);
    const cut = await verify([file], { STATE_KEY });
    expect(cut).toMatchObject({ code: 1, text: expect.stringContaining('is missing; it has 3 line(s) in the head') });
  });

  it('takes a head that is kept elsewhere, although trail and head were both replaced', async () => {
    const elsewhere = path.join(directory, 'kept.head');
    copyFileSync(path.join(directory, 'audit.head'), elsewhere);
    writeFileSync(file, `${lines.slice(0, 3).join('\n')}\n`);
    writeFileSync(path.join(directory, 'audit.head'), '');
    expect(await verify(['--head', elsewhere, file], { STATE_KEY })).toMatchObject({ code: 1 });
    expect(await verify(['--head', elsewhere, file], {})).toMatchObject({
      code: 2,
      text: expect.stringContaining('Set STATE_KEY'),
    });
  });

  it('verifies the trail that AUDIT_FILE names, and says so when there is none', async () => {
    expect(await verify([], { STATE_KEY, AUDIT_FILE: file })).toMatchObject({
      code: 0,
      text: expect.stringContaining('The trail is whole.'),
    });
    expect(await verify([], { AUDIT_FILE: `${file}.missing` })).toMatchObject({
      code: 2,
      text: expect.stringContaining(`There is no audit trail at ${file}.missing`),
    });
    expect(await verify([], { AUDIT_FILE: 'stdout' })).toMatchObject({
      code: 2,
      text: expect.stringContaining('AUDIT_FILE is stdout'),
    });
  });

  it('refuses a head that was changed, and says when it could not check the seal', async () => {
    const head = path.join(directory, 'audit.head');
    expect(await verify([file], {})).toMatchObject({ code: 0, text: expect.stringContaining('was not checked') });
    writeFileSync(head, readFileSync(head, 'utf8').replace('"seq":2', '"seq":0'));
    expect(await verify([file], { STATE_KEY })).toMatchObject({
      code: 1,
      text: expect.stringContaining('was changed, or sealed with another STATE_KEY'),
    });
  });
});
