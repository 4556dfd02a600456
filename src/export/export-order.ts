import type { QueryParameters } from '../database/query/query.service.js';
import type { TableFormat } from './file-format.js';
import type { TextOptions } from './writers/file-writer.js';

interface FileOrder {
  /** The text for the audit trail; for a person's data the texts of all statements. */
  readonly statement: string;
  readonly parameters: QueryParameters;
  /** With its extension; see `fileNameOf`. */
  readonly fileName: string;
  /** The version of the definitions that the order was made from; absent for a statement of the caller's own. */
  readonly basis?: string | undefined;
}

/** The result of one statement is to be exported. */
export interface QueryOrder extends FileOrder, TextOptions {
  readonly dataSubject?: undefined;
  readonly format: TableFormat;
  /** The name of the verified query, if the statement is one. */
  readonly definition?: string | undefined;
}

/** All that belongs to one person is to be exported. */
export interface SubjectOrder extends FileOrder {
  readonly dataSubject: SubjectRequest;
  readonly format: 'json';
  readonly definition?: undefined;
}

/** What is to be exported, and how. */
export type ExportOrder = QueryOrder | SubjectOrder;

export interface SubjectRequest {
  /** The name in the knowledge file, such as `customer`. */
  readonly name: string;
  /** Whose data it is. */
  readonly id: string;
  /** ISO 8601. */
  readonly requestedAt: string;
  readonly retention: string;
  readonly parts: readonly SubjectPart[];
}

/** One category of a person's data: a statement that returns one result set. The parameter `@id` is the person's key. */
export interface SubjectPart {
  readonly category: string;
  readonly statement: string;
  readonly retention?: string | undefined;
  /** Columns that are not handed out. Those that the statement returns nevertheless are dropped. */
  readonly leftOut: readonly string[];
  /** Whether an administrator wrote the statement; otherwise it names only columns that may leave. */
  readonly isQuery: boolean;
}
