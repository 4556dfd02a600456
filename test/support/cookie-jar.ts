/** The cookies of one browser for one host. It implements the part of RFC 6265 that the tests need, with paths. */
export class CookieJar {
  private readonly cookies = new Map<string, { name: string; value: string; path: string }>();

  take(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';').map(part => part.trim());
      const separator = pair.indexOf('=');
      const name = pair.slice(0, separator);
      const value = pair.slice(separator + 1);
      const read = (key: string): string | undefined =>
        attributes.find(text => text.toLowerCase().startsWith(`${key}=`))?.slice(key.length + 1);
      const path = read('path') ?? '/';
      const expires = read('expires');
      const gone = value === '' || (expires !== undefined && Date.parse(expires) <= Date.now());
      if (gone) this.cookies.delete(`${name} ${path}`);
      else this.cookies.set(`${name} ${path}`, { name, value, path });
    }
  }

  header(path: string): string {
    const covers = (cookie: string): boolean =>
      path === cookie || path.startsWith(cookie.endsWith('/') ? cookie : `${cookie}/`);
    return [...this.cookies.values()]
      .filter(cookie => covers(cookie.path))
      .map(cookie => `${cookie.name}=${cookie.value}`)
      .join('; ');
  }

  names(): string[] {
    return [...this.cookies.values()].map(cookie => cookie.name);
  }
}
