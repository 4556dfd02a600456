import { hash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { reasonOf } from '../../config/environment.js';
import { FileVersion } from '../../config/file-version.js';
import type { PolicyRules } from '../../database/policy/policy-rules.js';
import type { Definitions } from './definitions.js';
import { parseKnowledge } from './parse-knowledge.js';

const MAX_FILE_BYTES = 1024 * 1024;

/** A version of the file as it was read. `sha256` is that of its bytes, '' when it could not be read. */
export interface ReadKnowledge {
  readonly sha256: string;
  /** Undefined when the file has faults. */
  readonly definitions: Definitions | undefined;
  /** Full sentences that begin with the file and the place. */
  readonly faults: readonly string[];
}

/** The knowledge file of one tenant, which is read again when it changes. */
export class KnowledgeFile {
  private readonly version: FileVersion;

  constructor(
    readonly path: string,
    private readonly rules?: PolicyRules,
  ) {
    this.version = new FileVersion(path);
  }

  /** Whether the file has another version than the one that was read last. Costs at most one stat in 100 ms. */
  hasChanged(): boolean {
    return this.version.hasChanged();
  }

  read(): ReadKnowledge {
    this.version.accept();
    try {
      if (statSync(this.path).size > MAX_FILE_BYTES) return this.unreadable('must not be larger than 1 MB');
      const bytes = readFileSync(this.path);
      const { definitions, faults = [] } = parseKnowledge(bytes.toString('utf8'), this.rules);
      const places = faults.map(fault => `${this.path}: ${fault}`);
      return { sha256: hash('sha256', bytes, 'hex'), definitions, faults: places };
    } catch (error) {
      return this.unreadable(
        `cannot be read (${reasonOf(error)}). Check the path, and that this account may read the file`,
      );
    }
  }

  private unreadable(what: string): ReadKnowledge {
    return { sha256: '', definitions: undefined, faults: [`${this.path} ${what}.`] };
  }
}
