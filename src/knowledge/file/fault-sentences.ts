import { z } from 'zod';
import { suggestion } from '../../common/nearest-names.js';
import type { KeyPath } from './yaml-places.js';

/** One thing that is wrong. `key`: the fault is about this unknown key of the object at `path`. */
export interface FileFault {
  readonly path: KeyPath;
  readonly key?: string;
  /** Continues the name of the place: `must be …`. */
  readonly text: string;
}

type Issue = z.core.$ZodIssue;

/** The faults that zod found in the value at `base`. */
export function faultsOf(issues: readonly Issue[], schema: z.ZodType, base: KeyPath = []): readonly FileFault[] {
  return issues.flatMap(issue => faultsOfIssue(issue, schema, base));
}

function faultsOfIssue(issue: Issue, schema: z.ZodType, base: KeyPath): readonly FileFault[] {
  const path = [...base, ...issue.path.map(key => (typeof key === 'number' ? key : String(key)))];
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(schema, issue.path);
      return issue.keys.map(key => ({
        path,
        key,
        text: `unknown key ${JSON.stringify(key.slice(0, 100))}. ${suggestion(key, known) ?? `The keys are ${known.join(', ')}.`}`,
      }));
    }
    case 'invalid_type':
      return [
        { path, text: issue.input === undefined ? 'is missing' : `must be ${NOUNS[issue.expected] ?? issue.expected}` },
      ];
    case 'invalid_value':
      return [
        {
          path,
          text: issue.input === undefined ? 'is missing' : `must be one of ${issue.values.map(String).join(', ')}`,
        },
      ];
    case 'too_small':
      return [
        {
          path,
          text:
            issue.origin === 'number' || issue.origin === 'int'
              ? `must be at least ${issue.minimum}`
              : 'must not be empty',
        },
      ];
    case 'too_big':
      return [{ path, text: tooBig(issue.origin, Number(issue.maximum)) }];
    case 'invalid_union': {
      const inner = issue.errors.find(errors => errors.some(({ code }) => code !== 'invalid_type'));
      if (inner !== undefined) return faultsOf(inner, schema, path);
      return [{ path, text: issue.input === undefined ? 'is missing' : 'must be a text or a list of texts' }];
    }
    default:
      return [{ path, text: issue.message }];
  }
}

const NOUNS: Readonly<Record<string, string>> = {
  string: 'a text: put it into quotes',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object with keys',
};

function tooBig(origin: string, maximum: number): string {
  switch (origin) {
    case 'string':
      return `must be at most ${maximum} characters long`;
    case 'array':
      return `must have at most ${maximum} entries`;
    default:
      return `must be at most ${maximum}`;
  }
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
}

function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let at: JsonSchema | undefined = z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
  for (const key of path) at = typeof key === 'number' ? at?.items : at?.properties?.[String(key)];
  return Object.keys(at?.properties ?? {});
}
