/** A page of this server besides the account page that sends people to sign in. */
const DOWNLOAD = /^downloads\/[\w-]{43}$/;

/**
 * Where a person goes after signing in, without the tenant's prefix. Any text that is not the path of such a page means
 * the account page, so that no link can send people to another site.
 */
export function returnPath(asked: string | null | undefined): string {
  return asked !== null && asked !== undefined && DOWNLOAD.test(asked) ? asked : 'account';
}
