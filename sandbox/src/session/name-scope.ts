import type { Database } from '../storage/database.ts';
import type { Frame } from './frame.ts';

/** Where names are looked up: the default schema of the code, its ownership chain, and its variables. */
export interface NameScope {
  readonly database: Database;
  readonly defaultSchema: string;
  /** The owner of the module whose text is bound; undefined for a batch. */
  readonly chainOwner: number | undefined;
  /** Undefined in views and inline functions, which cannot refer to variables or temporary tables. */
  readonly frame: Frame | undefined;
  /** Inside a row-level security predicate nothing is filtered again. */
  readonly unfiltered?: boolean;
  /** Permissions are not checked. */
  readonly trusted?: boolean;
  /** The table that an UPDATE or DELETE changes without reading it: SELECT is not needed. */
  readonly unread?: number;
}

export interface ResolvedName {
  readonly database: Database;
  /** Undefined when the name had none. */
  readonly schema: string | undefined;
  readonly name: string;
}

/** Predicate functions run with the rights of the policy's owner, and their own reads are not filtered. */
export const predicateScope = (database: Database): NameScope => ({
  database,
  defaultSchema: 'dbo',
  chainOwner: 1,
  frame: undefined,
  unfiltered: true,
  trusted: true,
});
