/**
 * Whether an HTTP request target is in origin form and means one path only (RFC 9112 §3.2.1). The absolute form
 * would reach libraries as a URL of somebody else's, and `/demo/../other` or an encoded slash as another tenant's.
 */
export function isSoundTarget(target: string): boolean {
  if (!target.startsWith('/') || target.startsWith('//')) return false;
  const query = target.indexOf('?');
  const path = query < 0 ? target : target.slice(0, query);
  if (/[^\x21-\x7e]|[\\#]/.test(target)) return false;
  return !/\/\/|\/\.{1,2}(?:\/|$)|%2f|%5c|%2e|%00/i.test(path);
}
