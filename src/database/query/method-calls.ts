import { AppError } from '../../common/app-error.js';
import { limitsObjects, mayTouch } from '../access.js';
import type { CallContext } from '../call-context.js';
import type { CatalogAnswer, CatalogRunner } from '../connection/catalog-runner.js';
import { nvarchar } from '../driver/parameters.js';
import { accessIn, listedDatabase } from '../listed-databases.js';

type Parts = readonly string[];

/** How long it is remembered which first parts are names of databases or schemas. */
const FRESH_MS = 60_000;
const MAX_KNOWN = 5_000;
/** Names in one query. */
const BATCH = 100;

/**
 * `a.b.value(…)` is a method of the column `b`, or a function of the database `a`: SQL Server decides by what exists. Here
 * it is a function as soon as there is a database named `a`, or for a person with limits a schema, since a column can be
 * given another alias and a function can't.
 */
export class MethodCalls {
  /** Whether there is a database or a schema of that name, by tenant, kind and name. */
  private readonly known = new Map<string, { readonly exists: boolean; readonly at: number }>();

  constructor(private readonly runner: CatalogRunner) {}

  /** Throws AppError READ_ONLY_VIOLATION or STATEMENT_REFUSED, and PERMISSION_DENIED beyond a person's limits. */
  async assertMethods(calls: readonly Parts[], call: CallContext, kind: 'read' | 'write'): Promise<void> {
    const { tenant, principal } = call;
    const limited = limitsObjects(principal.access);
    const own = tenant.config.database.database;
    // Only limits concern the functions of a schema.
    const asked = limited ? calls : calls.filter(({ length }) => length === 3);
    for (const parts of await this.functionsAmong(asked, call)) {
      const [name = '', schema = '', written] = [...parts].reverse();
      const database = written === undefined ? own : listedDatabase(tenant, written);
      if (database === undefined && !tenant.config.allowThreePartNames)
        throw refusal(kind === 'read' ? 'READ_ONLY_VIOLATION' : 'STATEMENT_REFUSED', parts, 'three-part-name');
      if (limited && (database === undefined || !mayTouch(accessIn(principal.access, database), schema, name)))
        throw refusal('PERMISSION_DENIED', parts, 'outside-limits');
    }
  }

  private async functionsAmong(calls: readonly Parts[], call: CallContext): Promise<readonly Parts[]> {
    const asked = [...new Map(calls.map(parts => [keyOf(parts, call), parts])).entries()].filter(([key]) => {
      const known = this.known.get(key);
      return known === undefined || performance.now() - known.at >= FRESH_MS;
    });
    for (let at = 0; at < asked.length; at += BATCH) await this.ask(asked.slice(at, at + BATCH), call);
    return calls.filter(parts => this.known.get(keyOf(parts, call))?.exists !== false);
  }

  private async ask(asked: readonly (readonly [string, Parts])[], call: CallContext): Promise<void> {
    const { tenant, signal, principal } = call;
    const checks = asked.map(([, { length }], i) => `${length === 3 ? 'DB_ID' : 'SCHEMA_ID'}(@n${i})`).join(', ');
    const parameters = asked.map(([, [first = '']], i) => nvarchar(`n${i}`, first));
    const requester = { signal, subject: principal.subject };
    const { sets } = await this.runner.read(tenant, `SELECT ${checks};`, parameters, requester).catch(noSuchFunction);
    if (this.known.size > MAX_KNOWN) this.known.clear();
    for (const [i, [key]] of asked.entries())
      this.known.set(key, { exists: (sets[0]?.[0]?.[i] ?? null) !== null, at: performance.now() });
  }
}

/** A server without DB_ID has no other databases to name. */
function noSuchFunction(error: unknown): CatalogAnswer {
  if (error instanceof AppError && error.code === 'SQL_ERROR') return { sets: [], cut: false };
  throw error;
}

function keyOf(parts: Parts, { tenant }: CallContext): string {
  return JSON.stringify([tenant.name, parts.length, parts[0]]);
}

function refusal(
  code: 'READ_ONLY_VIOLATION' | 'STATEMENT_REFUSED' | 'PERMISSION_DENIED',
  parts: Parts,
  rule: string,
): AppError {
  const [first = ''] = parts;
  return new AppError(
    code,
    `Refused: ${JSON.stringify(parts.join('.').slice(0, 200))} may be a function that cannot be used here.`,
    {
      hint: `If it is a method of a column, give its table another alias than ${first.slice(0, 128)}.`,
      details: { rule },
    },
  );
}
