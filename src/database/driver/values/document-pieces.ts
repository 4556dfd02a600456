/** SQL Server sends FOR JSON and FOR XML in pieces of 2,033 characters, one per row, under these column names. */
const PIECES: ReadonlyMap<string, string> = new Map([
  ['JSON_F52E2B61-18A1-11d1-B105-00805F49916B', 'json'],
  ['XML_F52E2B61-18A1-11d1-B105-00805F49916B', 'xml'],
]);

/** `json` or `xml` for a column that carries a document in pieces. */
export function documentKind(columnName: string | undefined): string | undefined {
  return columnName === undefined ? undefined : PIECES.get(columnName);
}
