import { SqlError } from '../../engine/sql-error.ts';
import type { SqlType, Value, VariantValue } from '../../engine/sql-type.ts';
import { NVARCHAR_MAX, SQL_VARIANT, SYSNAME, varchar } from '../../engine/types.ts';
import { namedConstraints } from '../../storage/constraint-index.ts';
import type { ExtendedProperty } from '../../storage/table.ts';
import { matchArguments, type BuiltInProcedure, type ProcedureCall } from './procedure-call.ts';

type Change = 'add' | 'update' | 'drop';

interface Target {
  readonly class: number;
  readonly majorId: number;
  readonly minorId: number;
  /** As error texts name it. */
  readonly shown: string;
}

const LEVELS = ['0', '1', '2'].flatMap(level => [
  { name: `@level${level}type`, type: varchar(128) },
  { name: `@level${level}name`, type: SYSNAME },
]);

/** sp_addextendedproperty, sp_updateextendedproperty, sp_dropextendedproperty. */
function procedure(change: Change): BuiltInProcedure {
  // eslint-disable-next-line require-yield -- the type of a procedure is a generator
  return function* (call) {
    const values = matchArguments(call, [
      { name: '@name', type: SYSNAME, required: true },
      ...(change === 'drop' ? [] : [{ name: '@value', type: SQL_VARIANT }]),
      ...LEVELS,
    ]);
    const name = String(values[0]);
    const variant = change === 'drop' ? null : (values[1] as VariantValue | null);
    const target = resolveTarget(call, values.slice(change === 'drop' ? 1 : 2));
    const { database } = call.session;
    const exists = database.propertiesOf(target.majorId).some(property => isSame(property, target, name));
    if (change === 'add' && exists) {
      throw new SqlError(15233, `Property cannot be added. Property '${name}' already exists for '${target.shown}'.`);
    }
    if (change !== 'add' && !exists) {
      throw new SqlError(
        15217,
        `Property cannot be updated or deleted. Property '${name}' does not exist for '${target.shown}'.`,
      );
    }
    const entry: ExtendedProperty = {
      class: target.class,
      majorId: target.majorId,
      minorId: target.minorId,
      name,
      value: variant?.value ?? null,
      valueType: variant?.type ?? (NVARCHAR_MAX satisfies SqlType),
    };
    const undo = database.setProperties(target.majorId, properties => {
      const others = properties.filter(property => !isSame(property, target, name));
      return change === 'drop' ? others : [...others, entry];
    });
    call.session.transactions.current?.logUndo(undo);
    return 0;
  };
}

const isSame = (property: ExtendedProperty, target: Target, name: string): boolean =>
  property.class === target.class &&
  property.majorId === target.majorId &&
  property.minorId === target.minorId &&
  property.name.toLowerCase() === name.toLowerCase();

function resolveTarget(call: ProcedureCall, levels: readonly Value[]): Target {
  const { database } = call.session;
  const [type0, name0, type1, name1, type2, name2] = levels.map(value => (value === null ? undefined : String(value)));
  if (!type0) return { class: 0, majorId: 0, minorId: 0, shown: 'object specified' };
  const kind0 = type0.toUpperCase();
  const missing = (shown: string): SqlError =>
    new SqlError(
      15135,
      `Object is invalid. Extended properties are not permitted on '${shown}', or the object does not exist.`,
      16,
      8,
    );
  if (kind0 !== 'SCHEMA') throw missing(name0 ?? type0);
  const schema = database.schema(name0 ?? '');
  if (!schema) throw missing(name0 ?? '');
  if (!type1) return { class: 3, majorId: schema.schemaId, minorId: 0, shown: schema.name };
  const object = database.objectByName(schema.name, name1 ?? '');
  const shown = `${schema.name}.${name1 ?? ''}`;
  if (!object) throw missing(shown);
  if (!type2) return { class: 1, majorId: object.objectId, minorId: 0, shown };
  const inner = `${shown}.${name2 ?? ''}`;
  switch (type2.toUpperCase()) {
    case 'COLUMN': {
      const columns = object.kind === 'table' ? object.columns : object.kind === 'view' ? object.columns : [];
      const at = columns.findIndex(column => column.name.toLowerCase() === name2?.toLowerCase());
      if (at < 0) throw missing(inner);
      const minorId = object.kind === 'table' ? object.columns[at]!.columnId : at + 1;
      return { class: 1, majorId: object.objectId, minorId, shown: inner };
    }
    case 'INDEX': {
      const index =
        object.kind === 'table'
          ? object.indexes.find(candidate => candidate.name.toLowerCase() === name2?.toLowerCase())
          : undefined;
      if (!index) throw missing(inner);
      return { class: 7, majorId: object.objectId, minorId: index.indexId, shown: inner };
    }
    case 'CONSTRAINT': {
      const constraints = object.kind === 'table' ? [...namedConstraints(object)] : [];
      const found = constraints.find(constraint => constraint.name.toLowerCase() === name2?.toLowerCase());
      if (!found) throw missing(inner);
      return { class: 1, majorId: found.objectId, minorId: 0, shown: inner };
    }
    case 'PARAMETER': {
      const parameters = 'parameters' in object ? object.parameters : [];
      const at = parameters.findIndex(parameter => parameter.name.toLowerCase() === name2?.toLowerCase());
      if (at < 0) throw missing(inner);
      return { class: 2, majorId: object.objectId, minorId: at + 1, shown: inner };
    }
    default:
      throw missing(inner);
  }
}

export const addExtendedProperty = procedure('add');
export const updateExtendedProperty = procedure('update');
export const dropExtendedProperty = procedure('drop');
