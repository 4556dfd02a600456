import { AppError } from '../common/app-error.js';
import type { CatalogService } from '../database/catalog/catalog.service.js';
import { parseObjectName, shownName } from '../database/object-name.js';
import { namedIdentifiers } from '../database/policy/named-identifiers.js';
import type { Definitions } from '../knowledge/file/definitions.js';
import type { Subject } from '../knowledge/file/subject-definitions.js';
import { keyOf, type Table, tableOf } from '../knowledge/model/schema-model.js';
import type { Tenant } from '../tenancy/tenant.js';
import { type Finding, warning } from './finding.js';

const MAX_LISTED = 20;

/**
 * Reports the tables that refer to a person's table and that no category of the subject has: their rows probably belong
 * to a person too.
 */
export async function checkSubjects(
  tenant: Tenant,
  { subjects }: Definitions,
  catalog: CatalogService,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const subject of subjects) {
    const missing = missingFrom(subject, await referringTo(tenant, subject, catalog));
    if (missing.length === 0) continue;
    const names = missing.slice(0, MAX_LISTED).map(({ schema, name }) => shownName(schema, name));
    findings.push(
      warning(
        `${tenant.name}: knowledge`,
        `the subject "${subject.name}" has no category for tables with a foreign key to ${subject.table}: ${names.join(', ')}${missing.length > MAX_LISTED ? ` and ${missing.length - MAX_LISTED} more` : ''}`,
        'Add a category for each of them, or one with a query that names it.',
      ),
    );
  }
  return findings;
}

async function referringTo(tenant: Tenant, { table }: Subject, catalog: CatalogService): Promise<readonly Table[]> {
  try {
    const { referenced_by: referring } = await catalog.table(tenant, parseObjectName(table));
    return [
      ...new Map(referring.map(({ schema, table: name }) => [keyOf({ schema, name }), { schema, name }])).values(),
    ];
  } catch (error) {
    // The proof of the definitions reports a table that doesn't exist.
    if (error instanceof AppError && error.code === 'UNKNOWN_TABLE') return [];
    throw error;
  }
}

/** A query covers a table if it names it. Schemas are not compared, because a query may leave them out. */
function missingFrom({ table: own, categories }: Subject, referring: readonly Table[]): readonly Table[] {
  const listed = new Set([own, ...categories.flatMap(({ table = [] }) => table)].map(table => keyOf(tableOf(table))));
  const named = categories.map(({ query = '' }) => namedIdentifiers(query));
  return referring.filter(
    table => !listed.has(keyOf(table)) && !named.some(names => names.has(table.name.toLowerCase())),
  );
}
