import { otherDatabasesOf } from '../database/listed-databases.js';
import type { Tenant } from '../tenancy/tenant.js';
import type { Definitions } from './file/definitions.js';
import { KnowledgeFile, type ReadKnowledge } from './file/knowledge-file.js';
import type { Proof } from './proof/proof.types.js';

/** The definitions that hold for a tenant now. The same object as long as neither the file nor the proof changes. */
export interface Knowledge {
  readonly definitions: Definitions;
  /** Of the file that the definitions are from. */
  readonly sha256: string;
  /** Undefined until the definitions were compared with the database. */
  readonly proof: Proof | undefined;
}

/** Faults of definitions that need more than the file, such as a query with the name of a tool. */
export type KnowledgeCheck = (tenant: Tenant, definitions: Definitions) => readonly string[];

/** The file, whose queries are judged as the tenant's settings want it. */
export function knowledgeFileOf(tenant: Tenant, path: string): KnowledgeFile {
  const { allowMultipleStatements, allowThreePartNames, database } = tenant.config;
  const databases = otherDatabasesOf(tenant);
  return new KnowledgeFile(path, {
    allowMultipleStatements,
    allowThreePartNames,
    ...(databases.length === 0 ? {} : { databases }),
    database: database.database,
    access: {},
  });
}

/** The knowledge file of one tenant: its last sound version, and the faults of its last version. */
export class LoadedKnowledge {
  private readonly file: KnowledgeFile;
  private knowledge: Knowledge | undefined;
  /** Full sentences; none when the last version holds. */
  faults: readonly string[] = [];
  /** The SHA-256 of the version that was read last. */
  lastHash = '';

  constructor(
    private readonly tenant: Tenant,
    path: string,
  ) {
    this.file = knowledgeFileOf(tenant, path);
  }

  get current(): Knowledge | undefined {
    return this.knowledge;
  }

  get path(): string {
    return this.file.path;
  }

  hasChanged(): boolean {
    return this.file.hasChanged();
  }

  /** Reads the file. A version with faults is not taken, and the earlier one stays. Returns whether it was taken. */
  read(checks: readonly KnowledgeCheck[]): boolean {
    const version = this.file.read();
    const { definitions } = version;
    this.lastHash = version.sha256;
    this.faults = [...version.faults, ...(definitions === undefined ? [] : this.checked(definitions, checks))];
    if (definitions === undefined || this.faults.length > 0) return false;
    this.knowledge = { definitions, sha256: version.sha256, proof: undefined };
    return true;
  }

  /** Notes a proof, unless the definitions have changed since it began. */
  prove(of: Definitions, proof: Proof): boolean {
    if (this.knowledge?.definitions !== of) return false;
    this.knowledge = { ...this.knowledge, proof };
    return true;
  }

  private checked(
    definitions: NonNullable<ReadKnowledge['definitions']>,
    checks: readonly KnowledgeCheck[],
  ): readonly string[] {
    return checks.flatMap(check => check(this.tenant, definitions)).map(fault => `${this.path}: ${fault}`);
  }
}
