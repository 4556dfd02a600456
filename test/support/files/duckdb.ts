import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

/** Lets DuckDB read a file: `{file}` in the query stands for its path. Values come as JSON has them, long ones as text. */
export async function readByDuckDb(file: Buffer, query: string): Promise<Record<string, unknown>[]> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mcp-duckdb-'));
  const name = path.join(directory, 'file');
  writeFileSync(name, file);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(query.replaceAll('{file}', `'${name}'`));
    return reader.getRowObjectsJson() as Record<string, unknown>[];
  } finally {
    connection.closeSync();
    instance.closeSync();
    rmSync(directory, { recursive: true });
  }
}
