import type { Tenant } from '../../tenancy/tenant.js';

/** Claude Code takes no larger value (https://code.claude.com/docs/en/mcp, "MCP output limits and warnings"). */
const LARGEST_DECLARED = 500_000;

/**
 * A row with several long texts would take a page of its own, or fit none. Its longest texts are shortened to half of a
 * page, so that it stands beside others and a page can always go on.
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
