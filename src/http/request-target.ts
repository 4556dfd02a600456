/**
 * Whether an HTTP request target is in origin form and means one path only (RFC 9112 §3.2.1). Libraries would read the
 * absolute form as a URL of another server, and `/demo/../other` or an encoded slash as the path of another tenant.
 */
export function isSoundTarget(target: string): boolean {
  if (!target.startsWith('/') || target.startsWith('//')) return false;
  const query = target.indexOf('?');
  const path = query < 0 ? target : target.slice(0, query);
  if (/[^\x21-\x7e]|[\\#]/.test(target)) return false;
  return !/\/\/|\/\.{1,2}(?:\/|$)|%2f|%5c|%2e|%00/i.test(path);
}
