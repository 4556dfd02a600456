import { SqlError } from '../../engine/sql-error.ts';
import { nvarchar } from '../../engine/types.ts';
import type { SystemProcedure } from '../../session/catalog-provider.ts';
import { findObject } from '../name-lookup.ts';
import { seesDefinition } from '../object-kinds.ts';
import { definitionOf } from '../views/modules.ts';
import { BoundArguments } from './arguments.ts';

const MAX_LINE = 255;

/** sp_helptext: the module's text line by line, lines longer than 255 characters in pieces. */
export const spHelpText: SystemProcedure = {
  run(args, session) {
    const bound = new BoundArguments(
      'sp_helptext',
      [{ name: '@objname', required: true }, { name: '@columnname' }],
      args,
    );
    const name = bound.text('@objname') ?? '';
    const found = findObject(session, name);
    if (!found) {
      throw new SqlError(
        15009,
        `The object '${name}' does not exist in database '${session.database.name}' or is invalid for this operation.`,
      );
    }
    if (found.object?.encrypted === true) throw new SqlError(15471, `The text for object '${name}' is encrypted.`, 10);
    const column = bound.text('@columnname');
    const table = found.object?.kind === 'table' ? found.object : undefined;
    const computed = table?.columns.find(candidate => candidate.name.toLowerCase() === column?.toLowerCase())?.computed;
    const definition = column === undefined ? found.object && definitionOf(found.object) : computed?.definition;
    if (definition === undefined || definition === null || !seesDefinition(session, found.objectId)) {
      throw new SqlError(15197, `There is no text for object '${name}'.`);
    }
    const rows = definition
      .match(/[^\n]*\n|[^\n]+$/g)
      ?.flatMap(line => line.match(new RegExp(`[\\s\\S]{1,${MAX_LINE}}`, 'g')) ?? [])
      .map(line => [line]);
    return [{ columns: [{ name: 'Text', type: nvarchar(MAX_LINE), nullable: true }], rows: rows ?? [] }];
  },
};
