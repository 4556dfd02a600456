import type { QueryParameters } from '../database/query/query.service.js';
import type { FileFormat } from './file-format.js';
import type { TextOptions } from './writers/file-writer.js';

/** What is to be exported, and how. */
export interface ExportOrder extends TextOptions {
  readonly statement: string;
  readonly parameters: QueryParameters;
  readonly format: FileFormat;
  /** With its extension; see `fileNameOf`. */
  readonly fileName: string;
  /** The name of the verified query, if the statement is one. */
  readonly definition?: string | undefined;
}
