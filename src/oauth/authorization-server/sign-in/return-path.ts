/** The pages of this server besides the account page that send people to sign in: a file, and an item of `search`. */
const PAGE = /^(?:downloads\/[\w-]{43}|items\/[\w-]{20,1200})$/;

/**
 * Where a person goes after signing in, without the tenant's prefix. Any text that is not the path of such a page means
 * the account page, so that no link can send people to another site.
 */
export function returnPath(asked: string | null | undefined): string {
  return asked !== null && asked !== undefined && PAGE.test(asked) ? asked : 'account';
}
