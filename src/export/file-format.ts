/** The formats of one table. */
export const FILE_FORMATS = ['csv', 'xlsx', 'parquet', 'ndjson'] as const;

export type TableFormat = (typeof FILE_FORMATS)[number];
/** A person's data are several tables, in one document. */
export type FileFormat = TableFormat | 'json';

/** The media types: RFC 7111, ECMA-376, https://www.iana.org/assignments/media-types (parquet), ndjson.org. */
export const MEDIA_TYPES: Readonly<Record<FileFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  parquet: 'application/vnd.apache.parquet',
  ndjson: 'application/x-ndjson; charset=utf-8',
  json: 'application/json',
};
