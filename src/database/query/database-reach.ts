import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import type { Tenant } from '../../tenancy/tenant.js';
import type { CallContext } from '../call-context.js';
import { CatalogRunner, type Rows } from '../connection/catalog-runner.js';
import { LoginPermissions } from '../connection/login-permissions.js';
import { ProbeCache, type ProbeResult } from '../connection/probe-cache.js';
import { nvarchar } from '../driver/parameters.js';
import { databasesOf, otherDatabasesOf } from '../listed-databases.js';
import { shownName } from '../object-name.js';
import type { AdmittedStatement } from '../policy/admitted-statement.js';
import type { Mention } from '../policy/mentions.js';
import { MODULE_TARGETS, SAME_DATABASE, SYNONYM_TARGETS } from './database-reach.queries.js';
import { MethodCalls } from './method-calls.js';
import { OutsideObjects, referencesOf } from './outside-objects.js';

/** How long it is remembered which objects lead to other databases. */
const FRESH_MS = 60_000;
const RETRY_AFTER_MS = 5_000;

/**
 * Checks what the policy can't know from a statement's text: whether the server takes a differently spelled name for the
 * same database, whether what looks like a method of a column is a function elsewhere, and, in a tenant with the setting
 * `databases`, whether a synonym, a view or a function leads to a database that the tenant doesn't list.
 */
@Injectable()
export class DatabaseReach {
  private readonly spellings = new ProbeCache<boolean>();
  private readonly outside = new ProbeCache<OutsideObjects>(FRESH_MS);
  private readonly methods: MethodCalls;

  constructor(
    private readonly runner: CatalogRunner,
    private readonly permissions: LoginPermissions,
  ) {
    this.methods = new MethodCalls(runner);
  }

  /**
   * Throws AppError READ_ONLY_VIOLATION or STATEMENT_REFUSED for what leads elsewhere, and DATABASE_UNAVAILABLE.
   * `holdsSession`: what was known when the call got its session counts until it returns it, because a second session for
   * a new probe might never come.
   */
  async assertInside(statement: AdmittedStatement, call: CallContext, holdsSession = false): Promise<void> {
    const { mentions } = statement.runnable;
    const code = statement.kind === 'read' ? 'READ_ONLY_VIOLATION' : 'STATEMENT_REFUSED';
    if (mentions.isFull) throw tooManyNames(code);
    if (mentions.methodCalls.length > 0) await this.methods.assertMethods(mentions.methodCalls, call, statement.kind);
    for (const { database, isExact } of mentions.all) {
      if (!isExact && !(await this.foldsCase(database, call))) throw otherSpelling(database, code);
    }
    if (otherDatabasesOf(call.tenant).length === 0) return;
    const { name } = call.tenant;
    const known = holdsSession ? this.outside.latest(name) : undefined;
    const outside = known ?? (await this.outside.get(name, async () => ({ value: await this.readOutside(call) })));
    // The probe has an answer or throws, so that nothing passes unchecked.
    const escaping = mentions.all.find(mention => outside === undefined || outside.has(mention));
    if (escaping !== undefined) throw leadsElsewhere(escaping, code);
  }

  /** After the permissions of the login are known. Throws AppError DATABASE_UNAVAILABLE. */
  assertConfirmed(statement: AdmittedStatement, { tenant }: CallContext): void {
    if (!tenant.config.requireReadonlyLogin) return;
    const unconfirmed = this.permissions.unconfirmed(tenant);
    const found = statement.runnable.mentions.all.find(({ database }) => unconfirmed.includes(database));
    if (found !== undefined) throw notConfirmed(found.database);
  }

  private async foldsCase(database: string, { tenant, signal, principal }: CallContext): Promise<boolean> {
    const probe = async (): Promise<ProbeResult<boolean>> => {
      const parameters = [
        nvarchar('name', database),
        nvarchar(
          'upper',
          database.replace(/[a-z]/g, letter => letter.toUpperCase()),
        ),
        nvarchar(
          'lower',
          database.replace(/[A-Z]/g, letter => letter.toLowerCase()),
        ),
      ];
      const requester = { signal, subject: principal.subject };
      const { sets } = await this.runner.read(tenant, SAME_DATABASE, parameters, requester);
      return { value: sets[0]?.[0]?.[0] === 1 };
    };
    const key = JSON.stringify([tenant.name, database]);
    return this.spellings.get(key, () => probe().catch(refused)).then(folds => folds === true);
  }

  private async readOutside(call: CallContext): Promise<OutsideObjects> {
    const { tenant } = call;
    const databases = databasesOf(tenant);
    const references = [];
    for (const [i, database] of databases.entries()) {
      for (const text of [SYNONYM_TARGETS, MODULE_TARGETS])
        references.push(
          ...referencesOf(await this.rows(tenant, text, i === 0 ? undefined : database, call), database, databases),
        );
    }
    return new OutsideObjects(references);
  }

  /** No rows where the login may not know, or the database can't be opened: then its permissions decide. */
  private async rows(tenant: Tenant, text: string, database: string | undefined, call: CallContext): Promise<Rows> {
    const requester = { signal: call.signal, subject: call.principal.subject, database };
    return this.runner.read(tenant, text, [], requester).then(
      ({ sets }) => sets[0] ?? [],
      (error: unknown) => {
        if (error instanceof AppError && (error.code === 'SQL_ERROR' || error.code === 'PERMISSION_DENIED')) return [];
        throw error;
      },
    );
  }
}

function refused(error: unknown): ProbeResult<boolean> {
  if (error instanceof AppError && error.code === 'SQL_ERROR') return { retryAfterMs: RETRY_AFTER_MS };
  throw error;
}

type Code = 'READ_ONLY_VIOLATION' | 'STATEMENT_REFUSED';

function otherSpelling(database: string, code: Code): AppError {
  return new AppError(code, 'Refused: this server takes the name for that of another database.', {
    hint: `Write the database as ${database}.`,
    details: { rule: 'three-part-name' },
  });
}

function leadsElsewhere({ schema, name }: Mention, code: Code): AppError {
  const shown = schema === '' ? name : shownName(schema, name);
  return new AppError(code, `Refused: ${shown} leads to a database that cannot be used here.`, {
    hint: 'Only the databases that the instructions of this server name can be used, also through synonyms, views and functions.',
    details: { rule: 'three-part-name', word: shown.slice(0, 100) },
  });
}

function tooManyNames(code: Code): AppError {
  return new AppError(code, 'Refused: the statement names more objects than this server checks.', {
    hint: 'Send a shorter statement.',
    details: { rule: 'three-part-name' },
  });
}

function notConfirmed(database: string): AppError {
  return new AppError(
    'DATABASE_UNAVAILABLE',
    `It is not known whether the login of this tenant can write in the database ${database}.`,
    {
      hint: 'The tenant requires a read-only login, so the database can be used only when it is known. Try again in 30 seconds.',
    },
  );
}
