import { z } from 'zod';

export const formatField = z.enum(['compact', 'objects', 'csv', 'markdown']).optional();

/** The schema of the argument for a parameter of a SQL type; `longest` limits the length of a text. */
export function valueOf(type: string, longest = 4_000): z.ZodType {
  const base = /^[a-z0-9_]+/i.exec(type)?.[0].toLowerCase();
  switch (base) {
    case 'bit':
      return z.boolean();
    case 'tinyint':
    case 'smallint':
    case 'int':
      return z.int();
    case 'bigint':
    case 'decimal':
    case 'numeric':
    case 'money':
    case 'smallmoney':
    case 'float':
    case 'real':
      return z.union([z.number(), z.string().max(50)]);
    default:
      return z.string().max(longest);
  }
}
