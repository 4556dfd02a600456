/** "e+006": SQL Server writes exponents with at least three digits. */
const longExponent = (text: string): string =>
  text.replace(/e([+-])(\d+)$/, (_, sign: string, digits: string) => `e${sign}${digits.padStart(3, '0')}`);

/**
 * float and real as text by style (learn.microsoft.com: CAST and CONVERT, float and real styles): 0 at most six
 * digits, 1 eight digits, 2 sixteen, 3 seventeen in scientific notation.
 */
export function formatFloat(value: number, style = 0): string {
  if (style === 1) return longExponent(value.toExponential(7));
  if (style === 2) return longExponent(value.toExponential(15));
  if (style === 3 || style === 126) return longExponent(value.toExponential(16));
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(6));
  const magnitude = Math.abs(rounded);
  return magnitude >= 1e6 || magnitude < 1e-4 ? longExponent(rounded.toExponential()) : String(rounded);
}
