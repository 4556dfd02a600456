import type * as ast from '../../parser/ast.ts';

const NUMBERS = new Set(['int', 'bigint', 'numeric', 'decimal', 'float', 'money', 'bit']);

/** How the catalog shows a DEFAULT: ((0)), (N'x'), (getdate()). */
export function defaultText(definition: ast.Definition): string {
  const { expression, text } = definition;
  if (isNumber(expression)) return `((${text.trim()}))`;
  if (expression.kind === 'function' && expression.args.length === 0 && expression.name.length === 1) {
    const name = expression.name[0]!.toLowerCase();
    return expression.niladic
      ? `(${name === 'current_timestamp' ? 'getdate()' : name === 'user' ? 'user_name()' : text})`
      : `(${name}())`;
  }
  return `(${text.trim()})`;
}

function isNumber(expression: ast.Expression): boolean {
  if (expression.kind === 'unary') return isNumber(expression.operand);
  return expression.kind === 'literal' && !expression.type.untypedNull && NUMBERS.has(expression.type.name);
}

export const parenthesised = (text: string): string => `(${text.trim()})`;
