import type { AccessLimits } from '../common/principal.js';

/**
 * Whether a person may use a table. Each list allows by itself: `schemas: [sales], tables: [dbo.Regions]` allows
 * everything in sales, and dbo.Regions. Without any list everything is allowed.
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
