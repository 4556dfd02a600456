import { AppError } from '../../common/app-error.js';
import { nearestNames } from '../../common/nearest-names.js';
import { typedParameters } from '../../database/driver/parameters.js';
import { TokenReader } from '../../database/policy/lexer/token-reader.js';
import { tokenize, VARIABLE } from '../../database/policy/lexer/tsql-lexer.js';
import type { PolicyRules } from '../../database/policy/policy-rules.js';
import { explain, positionOf } from '../../database/policy/refusal.js';
import { checkRead } from '../../database/policy/statement-policy.js';
import type { Item } from './cross-checks.js';
import type { QueryParameter, Statement } from './definitions.js';
import type { FileFault } from './fault-sentences.js';
import type { KeyPath } from './yaml-places.js';

/** The faults of a query's SQL and of its parameters. `rules` are those of the tenant, for a person without limits. */
export function queryFaults({ index, value }: Item<Statement>, rules: PolicyRules): readonly FileFault[] {
  const { sql, parameters = [] } = value;
  const path = ['queries', index, 'sql'];
  const refused = refusedSql(sql, path, rules);
  if (refused !== undefined) return [refused];
  const used = variablesOf(sql);
  const declared = new Set(parameters.map(({ name }) => name.toLowerCase()));
  return [
    ...parameters.flatMap((parameter, i) => parameterFaults(parameter, i, index, used, parameters)),
    ...[...used]
      .filter(name => !declared.has(name))
      .map(name => {
        const [near] = nearestNames(name, [...declared], 1);
        return {
          path,
          text: `uses @${name}, which is no parameter${near === undefined ? '' : `. Did you mean @${near}?`}`,
        };
      }),
  ];
}

/** Why a statement may not run. */
export function refusedSql(sql: string, path: KeyPath, rules: PolicyRules): FileFault | undefined {
  const refusal = checkRead(sql, rules);
  if (refusal === undefined) return undefined;
  const { line, column } = positionOf(sql, refusal.offset);
  const { what, hint } = explain(refusal, false);
  return { path, text: `may not run (its line ${line}, column ${column}): ${what}. ${hint}` };
}

/** The variables of a statement in lower case, without @. */
export function variablesOf(sql: string): ReadonlySet<string> {
  const reader = new TokenReader(sql, tokenize(sql));
  const names = new Set<string>();
  for (let i = 0; i < reader.tokens.count; i++) {
    const shown = reader.shown(i);
    if (reader.kind(i) === VARIABLE && !shown.startsWith('@@')) names.add(shown.slice(1).toLowerCase());
  }
  return names;
}

function parameterFaults(
  { name, type, default: value }: QueryParameter,
  i: number,
  index: number,
  used: ReadonlySet<string>,
  all: readonly QueryParameter[],
): readonly FileFault[] {
  const path = ['queries', index, 'parameters', i];
  const first = all.findIndex(other => other.name.toLowerCase() === name.toLowerCase());
  if (first < i) return [{ path: [...path, 'name'], text: `is the name of parameters[${first}] too` }];
  const fault = value === undefined ? undefined : valueFault(name, type, value);
  return [
    ...(used.has(name.toLowerCase())
      ? []
      : [{ path: [...path, 'name'], text: `is a parameter that the SQL doesn't use as @${name}` }]),
    ...(fault === undefined ? [] : [{ path: [...path, 'default'], text: `does not fit the type: ${fault}` }]),
  ];
}

function valueFault(name: string, type: string, value: unknown): string | undefined {
  try {
    typedParameters({ [name]: { type, value } });
    return undefined;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.message.replace(/\.$/, '');
  }
}
