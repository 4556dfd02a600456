import { Injectable } from '@nestjs/common';
import { AppError } from '../../../common/app-error.js';
import { nearestNames } from '../../../common/nearest-names.js';
import type { AccessLimits } from '../../../common/principal.js';
import type { Tenant } from '../../../tenancy/tenant.js';
import { limitsObjects, mayTouch } from '../../access.js';
import { CatalogRunner, type Rows } from '../../connection/catalog-runner.js';
import { int, nvarchar } from '../../driver/parameters.js';
import { type ObjectName, quotedPlace, shownName } from '../../object-name.js';
import { CatalogAttempts } from '../catalog-attempts.js';
import type { LookupOptions } from '../table-finder.js';
import { type CallerOptions, within } from '../within-database.js';
import { dependencyNames, referringNames } from './dependency-names.js';
import { moduleText, namesIn, reachesOut } from './module-text.js';
import { type FoundObject, isModule, type ModuleObject, moduleObjects } from './module-object.js';
import type { ModuleText, ObjectDescription } from './object.types.js';
import * as queries from './objects.queries.js';
import { firstResult, parametersOf, viewColumns } from './result-columns.js';

/** Describes procedures, functions, views and triggers. What a person's rules hide is named nowhere. */
@Injectable()
export class ObjectCatalog {
  private readonly attempts: CatalogAttempts;

  constructor(runner: CatalogRunner) {
    this.attempts = new CatalogAttempts(runner);
  }

  /**
   * Throws AppError UNKNOWN_TABLE (with the nearest names), AMBIGUOUS_TABLE, and INVALID_ARGUMENT for a table and for a
   * database that the tenant doesn't list.
   */
  async describe(tenant: Tenant, name: ObjectName, given: CallerOptions): Promise<ObjectDescription> {
    const options = within(tenant, name.database ?? given.database, given);
    const found = await this.find(tenant, name, options);
    const rows = (texts: readonly string[]) => this.rows(tenant, found, texts, options);
    const columns = found.hasColumns
      ? viewColumns(await rows([queries.COLUMNS]))
      : found.kind === 'procedure'
        ? firstResult(await rows([queries.FIRST_RESULT]))
        : undefined;
    const { database, access } = options;
    const references = await rows([queries.DEPENDS_ON, queries.REFERENCED_ENTITIES]);
    const dependsOn = dependencyNames(references, tenant, given.access, options);
    const usedBy = referringNames(await rows([queries.USED_BY, queries.REFERENCING_ENTITIES]), access);
    const definition = (await rows([queries.DEFINITION])) ?? [];
    // A name that is not known to be visible may be a hidden one.
    const isOpen = references !== undefined && dependsOn?.length === references.length;
    return {
      ...(database === undefined ? {} : { database }),
      schema: found.schema,
      name: found.name,
      type: found.kind,
      ...(found.table === undefined ? {} : { table: shownName(found.table.schema, found.table.name) }),
      parameters: parametersOf((await rows([queries.PARAMETERS])) ?? []),
      ...(columns === undefined ? {} : { resultColumns: columns }),
      text: await this.text(tenant, definition, isOpen, options),
      ...(dependsOn === undefined ? {} : { dependsOn }),
      ...(usedBy === undefined ? {} : { usedBy }),
      ...(found.modifiedAt === undefined ? {} : { modifiedAt: found.modifiedAt }),
    };
  }

  /** Whoever is limited to some objects sees a text only if it names no other one, in whichever way it is used. */
  private async text(tenant: Tenant, rows: Rows, isOpen: boolean, options: LookupOptions): Promise<ModuleText> {
    const { access } = options;
    if (access === undefined || !limitsObjects(access)) return moduleText(rows, () => false);
    if (!isOpen) return moduleText(rows, () => true);
    const { rows: all, cut } = await this.attempts.firstOf(tenant, [{ text: queries.ALL_NAMES }], [], options);
    const [visible, hidden] = [true, false].map(wanted => all.filter(row => isVisible(row, access) === wanted));
    const namesHidden = namesIn((hidden ?? []).map(row => String(row[1])));
    const schemas = new Set((visible ?? []).map(([schema]) => String(schema).toLowerCase()));
    return moduleText(rows, text => cut || namesHidden(text) || reachesOut(text, schemas));
  }

  private async find(tenant: Tenant, wanted: ObjectName, options: LookupOptions): Promise<ModuleObject> {
    const strategies = [{ text: queries.NAMED_OBJECTS }];
    const { rows } = await this.attempts.firstOf(tenant, strategies, [nvarchar('name', wanted.name)], options);
    const inSchema = ({ schema }: { readonly schema: string }): boolean =>
      wanted.schema === undefined || schema.toLowerCase() === wanted.schema.toLowerCase();
    const visible = moduleObjects(rows).filter(found => inSchema(found) && isVisibleObject(found, options.access));
    const [found, another] = visible.filter(isModule);
    if (found === undefined) {
      if (visible.length > 0) throw isTable(wanted);
      throw await this.unknown(tenant, wanted, options);
    }
    if (another !== undefined) throw ambiguous(wanted, visible);
    return found;
  }

  private async unknown(tenant: Tenant, wanted: ObjectName, options: LookupOptions): Promise<AppError> {
    const names = await this.attempts
      .firstOf(tenant, [{ text: queries.ALL_NAMES }], [], options)
      .then(({ rows }) => rows.filter(row => isVisible(row, options.access)));
    const shown = wanted.schema === undefined ? wanted.name : `${wanted.schema}.${wanted.name}`;
    const nearest = nearestNames(
      shown,
      names.map(([schema, name]) => shownName(String(schema), String(name))),
    );
    return new AppError(
      'UNKNOWN_TABLE',
      `There is no procedure, function, view or trigger named ${JSON.stringify(shown)}.`,
      {
        ...(nearest.length === 0 ? {} : { hint: `Did you mean ${nearest.join(', ')}?` }),
        details: { nearest },
      },
    );
  }

  /** The rows of the first query that this server and this login accept. */
  private async rows(
    tenant: Tenant,
    { objectId, schema, name }: ModuleObject,
    texts: readonly string[],
    options: LookupOptions,
  ): Promise<Rows | undefined> {
    const parameters = [int('id', objectId), nvarchar('full', quotedPlace({ schema, name }))];
    for (const text of texts) {
      const used = parameters.filter(parameter => text.includes(`@${parameter.name}`));
      const answer = await this.attempts.attempt(tenant, text, used, options, true);
      if (answer !== undefined) return answer.sets[0] ?? [];
    }
    return undefined;
  }
}

/** A trigger belongs to its table. Rows have schema, name, and a trigger's table. */
function isVisible([schema, name, tableSchema, table]: Rows[number], access: AccessLimits | undefined): boolean {
  if (mayTouch(access, String(schema), String(name))) return true;
  return typeof table === 'string' && mayTouch(access, String(tableSchema), table);
}

function isVisibleObject({ schema, name, table }: FoundObject, access: AccessLimits | undefined): boolean {
  return isVisible([schema, name, table?.schema ?? null, table?.name ?? null], access);
}

function isTable({ schema, name }: ObjectName): AppError {
  const shown = schema === undefined ? name : shownName(schema, name);
  return new AppError('INVALID_ARGUMENT', `${JSON.stringify(shown)} is a table or a synonym.`, {
    hint: 'describe_table describes it.',
  });
}

function ambiguous({ name }: ObjectName, found: readonly FoundObject[]): AppError {
  const candidates = found.slice(0, 10).map(object => shownName(object.schema, object.name));
  return new AppError('AMBIGUOUS_TABLE', `${JSON.stringify(name)} is the name of several objects.`, {
    hint: `Write one of ${candidates.join(', ')}.`,
    details: { candidates },
  });
}
