/**
 * Splits a name as OBJECT_ID and similar functions accept it: `t`, `dbo.t`, `[my db]..[t]`, `"a"."b"`. Returns
 * undefined for other texts.
 */
export function parseMultipartName(text: string): string[] | undefined {
  const parts: string[] = [];
  let at = 0;
  const trimmed = text.trim();
  for (;;) {
    const open = trimmed[at];
    if (open === '[' || open === '"') {
      const close = open === '[' ? ']' : '"';
      let part = '';
      for (at++; ; at++) {
        if (at >= trimmed.length) return undefined;
        if (trimmed[at] !== close) part += trimmed[at];
        else if (trimmed[at + 1] === close) {
          part += close;
          at++;
        } else break;
      }
      at++;
      parts.push(part);
    } else {
      const dot = trimmed.indexOf('.', at);
      const end = dot < 0 ? trimmed.length : dot;
      parts.push(trimmed.slice(at, end).trim());
      at = end;
    }
    if (at >= trimmed.length) break;
    if (trimmed[at] !== '.') return undefined;
    at++;
  }
  return parts.length <= 4 && parts[parts.length - 1] !== '' ? parts : undefined;
}
