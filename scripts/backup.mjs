// Backs up and restores the data of a server: OAuth state (SQLite or Redis), users, configuration, certificates.
// The archive contains secrets (encrypted state, password hashes, private keys), so it has mode 0600.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  createReadStream,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { readOptions, refuse } from './options.mjs';

const HELP = `Usage: npm run backup -- create  --out DIR [--state STORE] [--include PATH ...] [--keep N]
       npm run backup -- restore --from FILE --state STORE [--into DIR] [--force]
       npm run backup -- verify  --from FILE

  --out DIR        the directory of the archives
  --from FILE      the archive to restore or to verify
  --state STORE    sqlite:PATH or redis://HOST:PORT, as in STATE_STORE (default sqlite:var/state.db). The server may run
                   during a backup; stop it before a restore
  --include PATH   also backs up a file or directory: config, var/users.json, certificates (repeatable)
  --keep N         keeps the newest N archives in DIR (default 14)
  --into DIR       puts the included files here (default: a new directory beside the archive)
  --force          overwrites a state that is not empty
The archive does not contain STATE_KEY. Keep it separately: without it the state can't be read.`;

const [action, ...rest] = process.argv.slice(2);
const values = readOptions(
  {
    out: { type: 'string' },
    from: { type: 'string' },
    state: { type: 'string', default: 'sqlite:var/state.db' },
    include: { type: 'string', multiple: true, default: [] },
    keep: { type: 'string', default: '14' },
    into: { type: 'string' },
    force: { type: 'boolean', default: false },
  },
  HELP,
  action?.startsWith('-') ? [action] : rest,
);

class Refusal extends Error {}

function tar(args) {
  const { status, stderr } = spawnSync('tar', args, { encoding: 'utf8' });
  if (status !== 0) throw new Refusal(`tar failed: ${stderr.trim().split('\n')[0]}`);
}

const sha256 = file => createHash('sha256').update(readFileSync(file)).digest('hex');

function filesBelow(directory, prefix = '') {
  return readdirSync(path.join(directory, prefix), { withFileTypes: true }).flatMap(entry => {
    const name = path.join(prefix, entry.name);
    return entry.isDirectory() ? filesBelow(directory, name) : [name];
  });
}

async function openRedis(url) {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 1,
    connectTimeout: 5_000,
    retryStrategy: () => null,
  });
  redis.on('error', () => {});
  await redis.connect().catch(() => {
    throw new Refusal('Redis does not answer; check the URL in --state');
  });
  return redis;
}

/** Writes one JSON line for each key: its remaining time to live and its value in Redis' DUMP format. */
async function saveRedis(url, file) {
  const redis = await openRedis(url);
  const lines = [];
  for await (const keys of redis.scanBufferStream({ count: 500 })) {
    const pipeline = redis.pipeline();
    for (const key of keys) pipeline.dumpBuffer(key).pttl(key);
    const replies = keys.length === 0 ? [] : await pipeline.exec();
    keys.forEach((key, index) => {
      const [, dump] = replies[index * 2];
      const [, ttl] = replies[index * 2 + 1];
      // A key may have expired between SCAN and DUMP.
      if (dump !== null)
        lines.push(
          JSON.stringify({ key: key.toString('base64'), dump: dump.toString('base64'), ttl: Math.max(0, ttl) }),
        );
    });
  }
  redis.disconnect();
  writeFileSync(file, lines.map(line => `${line}\n`).join(''), { mode: 0o600 });
  return lines.length;
}

async function loadRedis(url, file, force) {
  const redis = await openRedis(url);
  if (!force && (await redis.dbsize()) > 0) throw new Refusal('this Redis is not empty; add --force to overwrite it');
  let count = 0;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const { key, dump, ttl } = JSON.parse(line);
    await redis.restore(Buffer.from(key, 'base64'), ttl, Buffer.from(dump, 'base64'), 'REPLACE');
    count++;
  }
  redis.disconnect();
  return count;
}

async function saveSqlite(source, file) {
  if (!existsSync(source)) throw new Refusal(`${source} does not exist; name the state with --state`);
  const { DatabaseSync, backup } = await import('node:sqlite');
  const database = new DatabaseSync(source, { readOnly: true, timeout: 5_000 });
  // SQLite's online backup: consistent while the server writes.
  await backup(database, file);
  database.close();
}

async function loadSqlite(target, file, force) {
  if (existsSync(target) && !force)
    throw new Refusal(`${target} exists; stop the server and add --force to overwrite it`);
  mkdirSync(path.dirname(target), { recursive: true });
  const { DatabaseSync } = await import('node:sqlite');
  const check = new DatabaseSync(file, { readOnly: true });
  const [result] = check.prepare('PRAGMA integrity_check').all();
  check.close();
  if (result?.integrity_check !== 'ok') throw new Refusal('the state in this archive is damaged');
  for (const suffix of ['-wal', '-shm']) rmSync(target + suffix, { force: true });
  cpSync(file, `${target}.new`);
  chmodSync(`${target}.new`, 0o600);
  renameSync(`${target}.new`, target);
}

/**
 * certbot's live/ and Kubernetes' mounts are links to files elsewhere. A link whose target is not in the archive is
 * replaced with a copy of the target.
 */
function keepLinked(root) {
  for (const name of existsSync(root) ? filesBelow(root) : []) {
    const copy = path.join(root, name);
    if (!lstatSync(copy).isSymbolicLink() || existsSync(copy)) continue;
    const original = path.join('/', name);
    rmSync(copy);
    if (existsSync(original)) cpSync(realpathSync(original), copy, { recursive: true, dereference: true });
    else console.error(`backup: ${original} is a broken link and was left out`);
  }
}

async function create() {
  if (!values.out) throw new Refusal('--out is missing');
  const keep = Number(values.keep);
  if (!Number.isInteger(keep) || keep < 1) throw new Refusal('--keep must be a whole number from 1');
  mkdirSync(values.out, { recursive: true });
  const work = mkdtempSync(path.join(os.tmpdir(), 'mcp-backup-'));
  try {
    if (values.state.startsWith('sqlite:')) await saveSqlite(values.state.slice(7), path.join(work, 'state.db'));
    else await saveRedis(values.state, path.join(work, 'redis.jsonl'));
    for (const source of values.include) {
      if (!existsSync(source)) throw new Refusal(`--include ${source}: the file does not exist`);
      const copy = path.join(work, 'files', path.resolve(source).slice(1));
      cpSync(realpathSync(source), copy, { recursive: true, dereference: false, verbatimSymlinks: true });
    }
    keepLinked(path.join(work, 'files'));
    const files = filesBelow(work).filter(name => statSync(path.join(work, name)).isFile());
    writeFileSync(
      path.join(work, 'manifest.json'),
      JSON.stringify(
        {
          created: new Date().toISOString(),
          sha256: Object.fromEntries(files.map(name => [name, sha256(path.join(work, name))])),
        },
        null,
        2,
      ),
    );
    const archive = path.join(values.out, `mssql-mcp-${new Date().toISOString().replace(/[:.]/g, '-')}.tar.gz`);
    writeFileSync(`${archive}.part`, '', { mode: 0o600 });
    tar(['-czf', `${archive}.part`, '-C', work, '.']);
    renameSync(`${archive}.part`, archive);
    console.log(archive);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const archives = readdirSync(values.out)
    .filter(name => /^mssql-mcp-.*\.tar\.gz$/.test(name))
    .sort();
  for (const old of archives.slice(0, -keep)) rmSync(path.join(values.out, old));
}

/** Unpacks the archive, checks every file against the manifest, and calls `use` with the directory. */
async function withArchive(use) {
  if (!values.from || !existsSync(values.from)) throw new Refusal('--from must name an archive');
  const work = mkdtempSync(path.join(os.tmpdir(), 'mcp-restore-'));
  try {
    tar(['-xzf', values.from, '-C', work]);
    const { created, sha256: sums } = JSON.parse(readFileSync(path.join(work, 'manifest.json'), 'utf8'));
    for (const [name, sum] of Object.entries(sums)) {
      if (!existsSync(path.join(work, name)) || sha256(path.join(work, name)) !== sum)
        throw new Refusal(`${name} in this archive is damaged`);
    }
    await use(work, created, Object.keys(sums));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const verify = () =>
  withArchive((_work, created, names) => console.log(`The archive is good: ${names.length} files, created ${created}`));

const restore = () =>
  withArchive(async (work, created) => {
    const wanted = values.state.startsWith('sqlite:') ? 'state.db' : 'redis.jsonl';
    if (!existsSync(path.join(work, wanted)))
      throw new Refusal(`this archive contains no ${wanted}: it was made from another kind of state store`);
    if (wanted === 'state.db') await loadSqlite(values.state.slice(7), path.join(work, wanted), values.force);
    else await loadRedis(values.state, path.join(work, wanted), values.force);
    const files = path.join(work, 'files');
    if (existsSync(files)) {
      const into = values.into ?? `${values.from.replace(/\.tar\.gz$/, '')}-files`;
      cpSync(files, into, { recursive: true, verbatimSymlinks: true });
      console.log(`Included files: ${into}`);
    }
    console.log(`Restored the state of ${created}`);
  });

const actions = { create, restore, verify };
if (!Object.hasOwn(actions, action ?? '')) refuse('the action is missing: create, restore or verify', HELP);
try {
  await actions[action]();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(`backup: ${error.message}`);
  process.exit(1);
}
