import { SqlError } from './sql-error.ts';

const TOKEN =
  /<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<(\/?)([A-Za-z_][\w.:-]*)((?:\s+[A-Za-z_][\w.:-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|<|&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)/g;

/** Refuses text that isn't well-formed XML (a fragment may have several roots), as the xml type does. */
export function checkXml(text: string): string {
  const open: string[] = [];
  const at = (index: number): string => {
    const before = text.slice(0, index).split('\n');
    return `line ${before.length}, character ${(before.at(-1)?.length ?? 0) + 1}`;
  };
  for (const m of text.matchAll(TOKEN)) {
    const [whole, closing, name, , empty] = m;
    if (whole === '<') throw new SqlError(9455, `XML parsing: ${at(m.index + 1)}, illegal qualified name character`);
    if (whole === '&') throw new SqlError(9421, `XML parsing: ${at(m.index + 1)}, illegal name character`);
    if (name === undefined) continue;
    if (closing) {
      if (open.pop() !== name)
        throw new SqlError(9436, `XML parsing: ${at(m.index + whole.length - 1)}, end tag does not match start tag`);
    } else if (!empty) open.push(name);
  }
  if (open.length > 0) throw new SqlError(9400, `XML parsing: ${at(text.length)}, unexpected end of input`);
  // The declaration isn't kept by the xml type.
  return text.replace(/^\s*<\?xml[^?]*\?>\s*/, '');
}

export const escapeAttribute = (text: string): string =>
  text.replace(
    /[&<>"\r\n\t]/g,
    c =>
      ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#x0D;', '\n': '&#x0A;', '\t': '&#x09;' })[c]!,
  );
