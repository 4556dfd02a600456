import { AppError } from '../common/app-error.js';
import type { CatalogService } from '../database/catalog/catalog.service.js';
import type { Tenant } from '../tenancy/tenant.js';
import { knowledgeFileOf } from '../knowledge/loaded-knowledge.js';
import type { PublishedProver } from '../knowledge/procedures/published-prover.js';
import type { KnowledgeProver } from '../knowledge/proof/knowledge-prover.js';
import { fault, type Finding, ok, warning } from './finding.js';
import { checkSubjects } from './subject.checks.js';

const MAX_LISTED = 20;
const LIMIT_MS = 2 * 60_000;

/** Reads what the extended properties of a tenant's database publish. */
export async function checkPublished(tenant: Tenant, prover: PublishedProver): Promise<readonly Finding[]> {
  if (!tenant.config.publishedProcedures) return [];
  const subject = `${tenant.name}: published procedures`;
  const { knowledge: path } = tenant.config;
  const definitions = path === undefined ? undefined : knowledgeFileOf(tenant, path).read().definitions;
  try {
    const { procedures, refused } = await prover.prove(tenant, definitions, AbortSignal.timeout(LIMIT_MS));
    return [
      ok(subject, `${procedures.length} procedure(s) with the property mcp_tool are offered`),
      ...refused
        .slice(0, MAX_LISTED)
        .map(({ name, reason = '' }) =>
          fault(subject, `${name} is not offered: ${reason}`, 'Correct the procedure or its property mcp_tool.'),
        ),
    ];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [warning(subject, `they could not be read: ${error.message}`, 'Correct the connection first.')];
  }
}

/** Reads a tenant's knowledge file, and has the database compile each definition. `tools` are the server's own. */
export async function checkKnowledge(
  tenant: Tenant,
  prover: KnowledgeProver,
  catalog: CatalogService,
  tools: ReadonlySet<string>,
): Promise<readonly Finding[]> {
  const { knowledge: path } = tenant.config;
  if (path === undefined) return [];
  const subject = `${tenant.name}: knowledge`;
  const { definitions, faults, sha256 } = knowledgeFileOf(tenant, path).read();
  if (definitions === undefined)
    return faults
      .slice(0, MAX_LISTED)
      .map(text => fault(subject, text, 'Correct the file; the server does not start with it.'));
  const clashes = [...definitions.procedures, ...definitions.queries.filter(query => query.as_tool)]
    .filter(({ name }) => tools.has(name))
    .map(({ name }) => `"${name}": the server has a tool with this name itself; choose another one.`);
  if (clashes.length > 0)
    return clashes.map(text => fault(subject, text, 'Correct the file; the server does not start with it.'));
  try {
    const { items } = await prover.prove(tenant, definitions);
    const broken = items.filter(({ state }) => state === 'broken');
    const unverified = items.filter(({ state }) => state === 'unverified');
    return [
      ok(
        subject,
        `${path} has the hash ${sha256} and ${items.length - broken.length} definitions that fit the database`,
      ),
      ...broken
        .slice(0, MAX_LISTED)
        .map(({ kind, name, reason = '' }) =>
          fault(
            subject,
            `the ${kind} "${name}" does not fit the database: ${reason}`,
            'Correct the definition; until then it is not offered.',
          ),
        ),
      ...(unverified.length === 0
        ? []
        : [
            warning(
              subject,
              `${unverified.length} definition(s) could not be verified: ${unverified[0]?.reason ?? ''}`,
              'They are offered and marked as unverified.',
            ),
          ]),
      ...(await checkSubjects(tenant, definitions, catalog)),
    ];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [
      warning(
        subject,
        `the definitions could not be compared with the database: ${error.message}`,
        'Correct the connection first.',
      ),
    ];
  }
}
