/** The URI template (RFC 6570) of the plans that explain_query made. */
export const PLAN_URI = 'mssql://plans/{id}';

export function planUri(id: string): string {
  return PLAN_URI.replace('{id}', id);
}
