/** What an id of `search` names. */
export type ItemName =
  | { readonly kind: 'table'; readonly schema: string; readonly name: string }
  | { readonly kind: 'column'; readonly schema: string; readonly name: string; readonly column: string }
  /** `type` is that of a match of the schema search: `term`, `metric`, `query`, `procedure`, `document`. */
  | { readonly kind: 'definition'; readonly type: string; readonly name: string }
  /** A row of a table of texts: the title of its entry in the knowledge file, and its key. */
  | { readonly kind: 'row'; readonly document: string; readonly key: string };

/** The form of every id; it can stand in a URL and in the return path of the sign-in page. */
export const ITEM_ID = /^[\w-]{20,1200}$/;

/**
 * The id of an item: base64url of a JSON list. It is plain on purpose. It grants nothing, because whoever uses it is
 * authorised anew, so it can neither expire nor leak, and a citation stays valid when STATE_KEY changes. Undefined for a
 * name that would be too long.
 */
export function itemId(name: ItemName): string | undefined {
  const id = Buffer.from(JSON.stringify(partsOf(name))).toString('base64url');
  return ITEM_ID.test(id) ? id : undefined;
}

/** Undefined for a text that `itemId` doesn't make. */
export function readItemId(id: string): ItemName | undefined {
  if (!ITEM_ID.test(id)) return undefined;
  const name = nameOf(parsed(Buffer.from(id, 'base64url').toString('utf8')));
  // Only one spelling of an id is accepted.
  return name !== undefined && itemId(name) === id ? name : undefined;
}

function partsOf(name: ItemName): readonly string[] {
  switch (name.kind) {
    case 'table':
      return [name.kind, name.schema, name.name];
    case 'column':
      return [name.kind, name.schema, name.name, name.column];
    case 'definition':
      return [name.kind, name.type, name.name];
    case 'row':
      return [name.kind, name.document, name.key];
    default:
      return name satisfies never;
  }
}

function nameOf(parts: unknown): ItemName | undefined {
  if (!Array.isArray(parts) || !parts.every(part => typeof part === 'string')) return undefined;
  const [kind, a = '', b = '', c = ''] = parts as readonly string[];
  switch (kind) {
    case 'table':
      return { kind, schema: a, name: b };
    case 'column':
      return { kind, schema: a, name: b, column: c };
    case 'definition':
      return { kind, type: a, name: b };
    case 'row':
      return { kind, document: a, key: b };
    default:
      return undefined;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
