/** Writes a text as a field of CSV (RFC 4180). An empty text becomes `""`, so that it differs from NULL. */
export function csvText(text: string): string {
  return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
