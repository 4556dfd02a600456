import { logger } from '../common/log.js';
import { endpointOf } from '../config/tenants/database.config.js';
import type { CallContext } from '../database/call-context.js';
import { databasesOf } from '../database/listed-databases.js';
import type { StateCipher } from '../state/state-cipher.js';
import { hasAttributes } from '../tenancy/access-attributes.js';
import type { CacheEntry, CacheStore } from './cache-store.js';
import type { CacheVersions } from './cache-versions.js';
import type { DatabaseFacts } from './database-facts.js';

const log = logger('cache');
/** The session context says who is calling. Also found in comments and texts, where it does no harm. */
const READS_CALLER = /SESSION_CONTEXT/i;

/** A read whose answer may be kept. */
export interface CacheRequest {
  /** How long an answer may be used, in seconds. */
  readonly maxAge: number;
  /** The definition says that all people see the same rows, whatever the database says. */
  readonly sameForAll: boolean;
  /** Whether a cached answer is ignored and replaced. */
  readonly refresh: boolean;
  readonly statement: string;
  /** Everything that the answer depends on besides the tenant, the person's rules and the data. JSON values. */
  readonly about: readonly unknown[];
}

/** One read for which an answer may be kept. */
export interface Question {
  /** A keyed hash of everything that the answer depends on. */
  readonly name: string;
  /** What the data depends on, before the statement begins. */
  readonly version: string;
  /** The cached answer, if it still holds. */
  kept(): Promise<CacheEntry | undefined>;
  /** Keeps an answer, unless something has changed since the version was read. */
  keep(entry: CacheEntry): Promise<void>;
}

/** Decides which answers are cached, who may get them, and how long they are valid. */
export class AnswerCache {
  private away = false;

  constructor(
    private readonly store: CacheStore,
    private readonly versions: CacheVersions,
    private readonly facts: DatabaseFacts,
    private readonly cipher: StateCipher,
  ) {}

  /** Undefined when no answer may be kept: it may differ by person, or the state store or the database is away. */
  async question(request: CacheRequest, call: CallContext): Promise<Question | undefined> {
    const { tenant } = call;
    try {
      if (
        !request.sameForAll &&
        (hasAttributes(tenant, call.principal) ||
          READS_CALLER.test(request.statement) ||
          (await this.facts.distinguishesPeople(tenant)))
      )
        return undefined;
      const current = async (): Promise<string> =>
        `${await this.versions.current(tenant)}/${await this.facts.changeVersion(tenant)}`;
      const version = await current();
      const name = this.nameOf(request, call);
      this.away = false;
      return {
        name,
        version,
        kept: async () => {
          const entry = await this.store.get(name).catch(() => undefined);
          if (entry?.version !== version) return undefined;
          // An answer from the future is of another server, or of before this one's clock was set back.
          return Math.abs(Date.now() - entry.at) < request.maxAge * 1_000 ? entry : undefined;
        },
        keep: async entry => {
          const seconds = request.maxAge - (Date.now() - entry.at) / 1_000;
          if (seconds > 0) await this.store.set(name, entry, seconds).catch(unkept);
        },
      };
    } catch (error) {
      if (call.signal.aborted) throw error;
      if (!this.away) log.warn({ err: error, tenant: tenant.name }, 'answers cannot be cached at the moment');
      this.away = true;
      return undefined;
    }
  }

  /** JSON keeps the types of parameters apart: 1 and "1" are two questions. */
  private nameOf({ statement, about }: CacheRequest, { tenant, principal }: CallContext): string {
    const { config } = tenant;
    const { schemas, tables, tools } = principal.access;
    const { maxRows, maxResultBytes, maxCellBytes } = config.limits;
    return this.cipher.hash(
      JSON.stringify([
        ...[tenant.name, endpointOf(config.database), databasesOf(tenant)],
        // What the login may read may be less after a restart with another one.
        ...[config.database.authentication, config.database.user ?? null],
        ...[sorted(schemas), sorted(tables), sorted(tools)],
        Object.entries(principal.attributes).sort(([a], [b]) => (a < b ? -1 : 1)),
        ...[maxRows, maxResultBytes, maxCellBytes, config.readIsolation],
        statement,
        about,
      ]),
    );
  }
}

function sorted(list: readonly string[] | undefined): readonly string[] | null {
  return list === undefined ? null : list.map(item => item.toLowerCase()).sort();
}

/** The caller has its answer already, so a failure is only logged; the next caller runs the statement again. */
function unkept(error: unknown): void {
  log.warn({ err: error }, 'an answer could not be stored in the cache');
}
