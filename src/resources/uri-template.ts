const VARIABLE = /\{([a-z_][a-z0-9_]*)\}/gi;

/** A URI with variables (RFC 6570 level 1), each standing for one non-empty path segment. */
export class UriTemplate {
  private readonly pattern: RegExp;
  private readonly names: readonly string[];

  constructor(readonly template: string) {
    const parts = template.split(VARIABLE);
    this.names = parts.filter((_, index) => index % 2 === 1);
    const source = parts.map((part, index) =>
      index % 2 === 1 ? '([^/?#]+)' : part.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&'),
    );
    this.pattern = new RegExp(`^${source.join('')}$`);
  }

  /** The fault of a URI template; undefined if it has none. */
  static faultOf(template: string): string | undefined {
    const names = [...template.matchAll(VARIABLE)].map(([, name]) => name);
    const rest = template.replace(VARIABLE, 'x');
    if (/[{}]/.test(rest)) return 'may have no other variables than {name} (RFC 6570 level 1)';
    if (names.length === 0) return 'has no variable; use @Resource for a fixed URI';
    if (new Set(names).size < names.length) return 'has a variable twice';
    return URL.canParse(rest) ? undefined : 'is not an absolute URI';
  }

  /** The decoded values of the variables; undefined if the URI doesn't match or has an invalid percent-encoding. */
  match(uri: string): Readonly<Record<string, string>> | undefined {
    const found = this.pattern.exec(uri);
    if (found === null) return undefined;
    try {
      return Object.fromEntries(this.names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? '')]));
    } catch {
      return undefined;
    }
  }

  expand(values: Readonly<Record<string, string>>): string {
    return this.template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
  }
}
