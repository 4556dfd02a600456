import { readFileSync } from 'node:fs';

interface Manifest {
  readonly version: string;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/** package.json, which stands beside both src/ and dist/. */
const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as Manifest;

export const VERSION = manifest.version;

/** The packages that are installed only by those who want traces, with their versions. */
export const TRACING_PACKAGES = manifest.peerDependencies;

export const SERVER_NAME = 'MSSQL MCP Server';
