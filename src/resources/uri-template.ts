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

  /** Why a text is no such template; undefined when it is one. */
  static faultOf(template: string): string | undefined {
    const names = [...template.matchAll(VARIABLE)].map(([, name]) => name);
    const rest = template.replace(VARIABLE, 'x');
    if (/[{}]/.test(rest)) return 'may have no other variables than {name} (RFC 6570 level 1)';
    if (names.length === 0) return 'has no variable: then it is a resource';
    if (new Set(names).size < names.length) return 'has a variable twice';
    return URL.canParse(rest) ? undefined : 'is no absolute URI';
  }

  /** The variables' decoded values; undefined when the URI is not of this form or holds a broken escape. */
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
