import { shownName, shownPart } from '../../database/object-name.js';
import type { Cardinality, JoinSource, SchemaLink, SchemaModel } from '../catalog/schema-model.js';
import { wordsOfName } from '../text/words.js';

/** A join as an answer shows it. */
export interface ShownJoin {
  readonly from: string;
  readonly to: string;
  /** A condition for ON. In a self join `to` gives the second table its name with `_2`. */
  readonly on: string;
  readonly cardinality: Cardinality;
  readonly source: JoinSource;
  /** What the join means, where there are several between the two tables, or the two are one. */
  readonly role?: string;
  readonly uses?: number;
}

/** `several`: there are other joins between the two tables. */
export function shownJoin(model: SchemaModel, link: SchemaLink, several: boolean): ShownJoin {
  const from = model.objects[link.from];
  const to = model.objects[link.to];
  const [fromName, toName] = [from, to].map(object => shownName(object?.schema ?? '', object?.name ?? ''));
  const self = link.from === link.to;
  // Joined with itself, the table needs a second name.
  const alias = self ? shownPart(`${to?.name ?? ''}_2`) : undefined;
  const right = alias ?? toName ?? '';
  const on = link.fromColumns.map((column, i) => {
    const other = link.toColumns[i] ?? 0;
    return `${fromName}.${shownPart(nameOf(model, column))} = ${right}.${shownPart(nameOf(model, other))}`;
  });
  const role = several || self ? roleOf(model, link) : undefined;
  return {
    from: fromName ?? '',
    to: alias === undefined ? (toName ?? '') : `${toName} AS ${alias}`,
    on: on.join(' AND '),
    cardinality: cardinalityOf(model, link),
    source: link.source,
    ...(role === undefined ? {} : { role }),
    ...(link.uses === undefined ? {} : { uses: link.uses }),
  };
}

function nameOf(model: SchemaModel, column: number): string {
  return model.columns.names[column] ?? '';
}

/** Keys of the tables prove that a side has one row; without a key the declaration says so, if there is one. */
function cardinalityOf(model: SchemaModel, link: SchemaLink): Cardinality {
  const { from, fromColumns, to, toColumns, cardinality = 'n:n' } = link;
  const left = model.isUnique(from, fromColumns) || cardinality.startsWith('1:') ? '1' : 'n';
  const right = model.isUnique(to, toColumns) || cardinality.endsWith(':1') ? '1' : 'n';
  return `${left}:${right}`;
}

/** What a join means: `ship to` for ship_to_address_id that refers to address_id; a description says it better. */
function roleOf(model: SchemaModel, link: SchemaLink): string | undefined {
  if (link.source === 'declared' && link.role !== undefined) return link.role;
  const [column] = link.fromColumns;
  if (column === undefined) return undefined;
  const described = model.columns.descriptions.get(column);
  if (described !== undefined) return described.slice(0, 60);
  const usual = new Set([
    ...wordsOfName(nameOf(model, link.toColumns[0] ?? 0)),
    ...wordsOfName(model.objects[link.to]?.name ?? ''),
  ]);
  const parts = nameOf(model, column).split(/[_\s]+|(?<=\p{Ll})(?=\p{Lu})/u);
  const own = parts.filter(part => !wordsOfName(part).some(word => usual.has(word)));
  return (own.length === 0 ? parts : own).join(' ').toLowerCase();
}
