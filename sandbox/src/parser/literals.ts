import { throughCodePage } from '../engine/code-page.ts';
import type { SqlType, Value } from '../engine/sql-type.ts';
import type { Literal } from './ast.ts';
import type { Token } from './lexer.ts';
import { syntaxError } from './syntax-error.ts';

const LARGEST_INT = 2_147_483_647;
const LARGEST_MONEY = 9_223_372_036_854_775_807n;

function literal(token: Token, type: SqlType, value: Value): Literal {
  return { kind: 'literal', type, value, line: token.line };
}

export const nullLiteral = (line: number): Literal => ({
  kind: 'literal',
  type: { name: 'int', untypedNull: true },
  value: null,
  line,
});

export function stringLiteral(token: Token): Literal {
  const value = token.unicode ? token.text : throughCodePage(token.text);
  const limit = token.unicode ? 4000 : 8000;
  const length = value.length > limit ? -1 : Math.max(1, value.length);
  return literal(token, { name: token.unicode ? 'nvarchar' : 'varchar', length }, value);
}

/** Constants: https://learn.microsoft.com/sql/t-sql/data-types/constants-transact-sql. Whole numbers above int are numeric. */
export function numberLiteral(token: Token): Literal {
  const { text } = token;
  if (/e/i.test(text)) {
    const value = Number(/e$/i.test(text) ? text.slice(0, -1) : text);
    if (!Number.isFinite(value)) {
      const message = `The floating point value '${text}' is out of the range of computer representation (8 bytes).`;
      throw syntaxError(168, message, token.line);
    }
    return literal(token, { name: 'float' }, value);
  }
  const point = text.indexOf('.');
  const whole = (point < 0 ? text : text.slice(0, point)).replace(/^0+/, '');
  const fraction = point < 0 ? '' : text.slice(point + 1);
  if (point < 0 && whole.length <= 10 && Number(whole) <= LARGEST_INT) {
    return literal(token, { name: 'int' }, Number(whole));
  }
  const precision = Math.max(1, whole.length + fraction.length);
  if (precision > 38) {
    const message = `The number '${text}' is out of the range for numeric representation (maximum precision 38).`;
    throw syntaxError(1007, message, token.line);
  }
  const type: SqlType = { name: 'numeric', precision, scale: fraction.length };
  return literal(token, type, BigInt(whole + fraction || '0'));
}

export function moneyLiteral(token: Token): Literal {
  const [whole = '', fraction = ''] = token.text.split('.');
  const digits = BigInt(whole + fraction.padEnd(5, '0').slice(0, 5) || '0');
  // Four digits are kept, the fifth rounds.
  const value = (digits + 5n) / 10n;
  if (value > LARGEST_MONEY) throw syntaxError(107, `The money value '${token.text}' is out of range.`, token.line);
  return literal(token, { name: 'money' }, value);
}

export function binaryLiteral(token: Token): Literal {
  const digits = token.text.length % 2 ? `0${token.text}` : token.text;
  const value = Uint8Array.from(Buffer.from(digits, 'hex'));
  return literal(token, { name: 'varbinary', length: value.length > 8000 ? -1 : Math.max(1, value.length) }, value);
}
