/**
 * The beginnings that make spreadsheets take a text for a formula (OWASP, "CSV Injection"), with the full-width forms
 * that some convert.
 */
const BEGINNINGS: ReadonlySet<number> = new Set([...'=+-@\t\r\n＝＋－＠'].map(character => character.charCodeAt(0)));

export function isFormulaLike(text: string): boolean {
  return text !== '' && BEGINNINGS.has(text.charCodeAt(0));
}
