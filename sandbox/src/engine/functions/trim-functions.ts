import { collationFor } from '../collation.ts';
import type { BoundExpression } from '../contracts.ts';
import { define, strict, stringType, text, type Call, type FunctionTable } from './definition.ts';

type Ends = 'BOTH' | 'LEADING' | 'TRAILING';

function trim(s: string, inSet: (index: number) => boolean, ends: Ends): string {
  let start = 0;
  let end = s.length;
  if (ends !== 'TRAILING') while (start < end && inSet(start)) start++;
  if (ends !== 'LEADING') while (end > start && inSet(end - 1)) end--;
  return s.slice(start, end);
}

function bindTrim(call: Call, ends: Ends): BoundExpression {
  const x = text(call, 0);
  const type = stringType([x.type], x.type.length ?? -1);
  const hasSet = call.args.length > 1 && !('keyword' in (call.args[1] ?? {}));
  if (!hasSet) return strict(type, [x], s => trim(s as string, i => (s as string).charCodeAt(i) === 32, ends));
  const { fold } = collationFor(x.type.collation);
  return strict(type, [x, text(call, 1)], (s, set) => {
    const [folded, characters] = [fold(s as string), fold(set as string)];
    return trim(s as string, i => characters.includes(folded[i] ?? ''), ends);
  });
}

/** TRIM(LEADING 'x' FROM s) comes as (s, 'x', {keyword: 'LEADING'}). */
function endsOf(call: Call): Ends {
  const last = call.args.at(-1);
  const word = last && 'keyword' in last ? last.keyword.toUpperCase() : 'BOTH';
  return word === 'LEADING' || word === 'TRAILING' ? word : 'BOTH';
}

export const trimFunctions = (): FunctionTable => ({
  LTRIM: define(1, 2, call => bindTrim(call, 'LEADING')),
  RTRIM: define(1, 2, call => bindTrim(call, 'TRAILING')),
  TRIM: define(1, 3, call => bindTrim(call, endsOf(call))),
});
