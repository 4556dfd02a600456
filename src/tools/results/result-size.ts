import type { Tenant } from '../../tenancy/tenant.js';

/** Claude Code takes no larger value (https://code.claude.com/docs/en/mcp, "MCP output limits and warnings"). */
const LARGEST_DECLARED = 500_000;

/**
 * The size to which the texts of a row are shortened: half of a page. Otherwise a row with several long texts would fill a
 * page, or be too large for any page, and the cursor could not advance.
 */
export function maxRowBytesOf(tenant: Tenant): number {
  return Math.floor(tenant.config.limits.maxResultBytes / 2);
}

/**
 * The `_meta` of the tools that return rows. Claude Code saves a result of more than 50,000 characters to a file, unless
 * the tool declares that its results are that long.
 */
export function resultSizeMeta(tenant: Tenant): Readonly<Record<string, unknown>> {
  return { 'anthropic/maxResultSizeChars': Math.min(tenant.config.limits.maxResultBytes, LARGEST_DECLARED) };
}
