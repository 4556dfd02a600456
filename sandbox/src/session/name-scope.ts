import type { Database } from '../storage/database.ts';
import type { Frame } from './frame.ts';

/** Where names are looked up: the code's own schema, whose ownership chain it belongs to, and whether it sees variables. */
export interface NameScope {
  readonly database: Database;
  readonly defaultSchema: string;
  /** Owner of the module whose text is bound; undefined for the caller's own batch. */
  readonly chainOwner: number | undefined;
  /** Absent in views and inline functions: they see no variables, temporary tables or table variables. */
  readonly frame: Frame | undefined;
  /** Inside a row-level security predicate nothing is filtered again. */
  readonly unfiltered?: boolean;
  /** No permission is asked for at all. */
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

/** Predicate functions run with the rights of the policy's owner, and what they read is not filtered. */
export const predicateScope = (database: Database): NameScope => ({
  database,
  defaultSchema: 'dbo',
  chainOwner: 1,
  frame: undefined,
  unfiltered: true,
  trusted: true,
});
