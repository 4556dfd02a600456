import { SqlError } from '../../engine/sql-error.ts';
import type { Value } from '../../engine/sql-type.ts';
import type { ProcedureArgument } from '../../session/catalog-provider.ts';

export interface ParameterSpec {
  /** With its @. */
  readonly name: string;
  readonly required?: boolean;
}

/** The arguments of a system procedure by name; those given by position come first. */
export class BoundArguments {
  private readonly values = new Map<string, Value>();

  constructor(procedure: string, specs: readonly ParameterSpec[], args: readonly ProcedureArgument[]) {
    args.forEach((argument, i) => {
      const spec =
        argument.name === '' ? specs[i] : specs.find(({ name }) => name.toLowerCase() === argument.name.toLowerCase());
      if (!spec && argument.name === '') {
        throw new SqlError(8144, `Procedure or function ${procedure} has too many arguments specified.`);
      }
      if (!spec) throw new SqlError(8145, `${argument.name} is not a parameter for procedure ${procedure}.`);
      this.values.set(spec.name, argument.value);
    });
    for (const { name, required } of specs) {
      if (required && !this.values.has(name)) {
        throw new SqlError(
          201,
          `Procedure or function '${procedure}' expects parameter '${name}', which was not supplied.`,
        );
      }
    }
  }

  has(name: string): boolean {
    return this.values.get(name) !== undefined && this.values.get(name) !== null;
  }

  text(name: string): string | undefined {
    const value = this.values.get(name);
    return value === undefined || value === null ? undefined : String(unwrapped(value));
  }

  number(name: string): number | undefined {
    const value = this.values.get(name);
    return value === undefined || value === null ? undefined : Number(unwrapped(value));
  }
}

function unwrapped(value: Value): unknown {
  return typeof value === 'object' && value !== null && 'value' in value ? value.value : value;
}

/** LIKE of the catalog procedures: %, _ and [..], without regard to case. */
export function likePattern(pattern: string | undefined): (name: string) => boolean {
  if (pattern === undefined || pattern === '%') return () => true;
  let source = '';
  for (let i = 0; i < pattern.length; i++) {
    const ch = pattern.charAt(i);
    const close = ch === '[' ? pattern.indexOf(']', i + 1) : -1;
    if (ch === '%') source += '.*';
    else if (ch === '_') source += '.';
    else if (close > 0) {
      const set = pattern.slice(i + 1, close).replace(/[\\\]]/g, '\\$&');
      source += `[${set}]`;
      i = close;
    } else source += ch.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  }
  const expression = new RegExp(`^${source}$`, 'isu');
  return name => expression.test(name);
}
