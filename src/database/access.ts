import type { AccessLimits } from '../common/principal.js';

/**
 * Whether a person may touch a table. Either list admits: `schemas: [sales], tables: [dbo.Regions]` means everything in
 * sales, and dbo.Regions beside it. No list at all means everything.
 */
export function mayTouch(access: AccessLimits | undefined, schema: string, name: string): boolean {
  if (access === undefined || !limitsObjects(access)) return true;
  const wantedSchema = schema.toLowerCase();
  const wanted = `${wantedSchema}.${name.toLowerCase()}`;
  return (
    (access.schemas?.some(allowed => allowed.toLowerCase() === wantedSchema) ?? false) ||
    (access.tables?.some(allowed => allowed.toLowerCase() === wanted) ?? false)
  );
}

export function limitsObjects(access: AccessLimits): boolean {
  return access.schemas !== undefined || access.tables !== undefined;
}
