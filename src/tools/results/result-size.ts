import type { Tenant } from '../../tenancy/tenant.js';

/** Claude Code takes no larger value (https://code.claude.com/docs/en/mcp, "MCP output limits and warnings"). */
const LARGEST_DECLARED = 500_000;

/**
 * The `_meta` of the tools that return rows. Claude Code saves a result of more than 50,000 characters to a file, unless
 * the tool declares that its results are that long.
 */
export function resultSizeMeta(tenant: Tenant): Readonly<Record<string, unknown>> {
  return { 'anthropic/maxResultSizeChars': Math.min(tenant.config.limits.maxResultBytes, LARGEST_DECLARED) };
}
