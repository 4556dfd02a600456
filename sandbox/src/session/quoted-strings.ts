/** Strings, quoted names and comments, in which a double quote has no meaning. */
const PARTS = /'(?:[^']|'')*'|\[(?:[^\]]|\]\])*\]|--[^\n]*|\/\*[\s\S]*?\*\/|"((?:[^"]|"")*)"/g;

/** With QUOTED_IDENTIFIER OFF text in double quotes is a string: it gets single quotes. */
export const doubleQuotesAsStrings = (text: string): string =>
  text.includes('"')
    ? text.replace(PARTS, (part, quoted: string | undefined) =>
        quoted === undefined ? part : `'${quoted.replaceAll('""', '"').replaceAll("'", "''")}'`,
      )
    : text;
