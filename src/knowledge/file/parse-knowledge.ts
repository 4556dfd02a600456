import type { z } from 'zod';
import { isObject } from '../../common/is-object.js';
import type { PolicyRules } from '../../database/policy/policy-rules.js';
import { crossFaults, type Item, type Items } from './cross-checks.js';
import { type Definitions, knowledge, sections, type Statement, statement } from './definitions.js';
import { faultsOf, type FileFault } from './fault-sentences.js';
import { queryFaults } from './query-checks.js';
import { subjectFaults } from './subject-checks.js';
import { type KeyPath, PlacedYaml } from './yaml-places.js';

const MAX_FAULTS = 200;
/** How a query is judged where no tenant's settings are known. */
const USUAL_RULES: PolicyRules = {
  allowMultipleStatements: false,
  allowThreePartNames: false,
  database: '',
  access: {},
};

/** Either the definitions, or what is wrong with them: full sentences with line and column, in the order of the file. */
export type ParsedKnowledge =
  | { readonly definitions: Definitions; readonly faults?: undefined }
  | { readonly definitions?: undefined; readonly faults: readonly string[] };

/** Reads a knowledge file and finds every fault at once. It doesn't know the database. */
export function parseKnowledge(text: string, rules: PolicyRules = USUAL_RULES): ParsedKnowledge {
  const yaml = new PlacedYaml(text);
  if (yaml.errors.length > 0)
    return {
      faults: yaml.errors
        .slice(0, MAX_FAULTS)
        .map(({ place, text: what }) => `line ${place.line}, column ${place.column}: ${what}.`),
    };
  const read = dataOf(yaml);
  if ('fault' in read) return { faults: [read.fault] };
  const { data } = read;
  if (!isObject(data)) return { faults: ['line 1, column 1: the file must be an object with keys such as "metrics".'] };
  const faults = findFaults(data, rules);
  if (faults.length === 0) return { definitions: knowledge.parse(data) };
  return { faults: sentences(faults, data, yaml) };
}

function dataOf(yaml: PlacedYaml): { readonly data: unknown } | { readonly fault: string } {
  try {
    return { data: yaml.data() ?? {} };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return { fault: 'line 1, column 1: the file uses an anchor that is not defined, or too many aliases.' };
  }
}

type Section = keyof typeof sections;
const SECTIONS = Object.keys(sections) as Section[];

/** Checks each item by itself, so that a fault in one does not hide those between the others. */
function findFaults(data: Readonly<Record<string, unknown>>, rules: PolicyRules): readonly FileFault[] {
  const shallow = Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      isSection(key) && Array.isArray(value) && value.length <= 500 ? [] : value,
    ]),
  );
  const outer = knowledge.safeParse(shallow, { reportInput: true });
  const faults: FileFault[] = outer.success ? [] : [...faultsOf(outer.error.issues, knowledge)];
  const items = Object.fromEntries(
    SECTIONS.map(section => [section, itemsOf(section, data[section], faults)]),
  ) as unknown as Items;
  faults.push(
    ...crossFaults(items),
    ...statementsOf(data['queries']).flatMap(item => queryFaults(item, rules)),
    ...items.subjects.flatMap(item => subjectFaults(item, rules)),
  );
  return faults;
}

/** The statements of all queries, also of those that have other faults. */
function statementsOf(list: unknown): readonly Item<Statement>[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown, index) => {
    const { sql, parameters } = isObject(item) ? item : {};
    const result = statement.safeParse({ sql, parameters });
    return result.success ? [{ index, value: result.data }] : [];
  });
}

function isSection(key: string): key is Section {
  return Object.hasOwn(sections, key);
}

function itemsOf(section: Section, list: unknown, faults: FileFault[]): readonly Item<unknown>[] {
  if (!Array.isArray(list)) return [];
  const schema: z.ZodType = sections[section];
  return list.flatMap((item: unknown, index) => {
    const result = schema.safeParse(item, { reportInput: true });
    if (result.success) return [{ index, value: result.data }];
    faults.push(...faultsOf(result.error.issues, schema, [section, index]));
    return [];
  });
}

function sentences(faults: readonly FileFault[], data: unknown, yaml: PlacedYaml): readonly string[] {
  const seen = new Set<string>();
  const placed = faults.flatMap(({ path, key, text }) => {
    const id = JSON.stringify([path, key]);
    if (seen.has(id)) return [];
    seen.add(id);
    const { line, column } = yaml.placeOf(path, key);
    const about =
      key === undefined ? `${nameOf(path, data)} ${text}` : `${nameOf(path, data)}: ${text}`.replace(/^: /, '');
    return [{ line, column, text: `line ${line}, column ${column}: ${about.trim()}${/[.?!]$/.test(text) ? '' : '.'}` }];
  });
  const sorted = placed.sort((a, b) => a.line - b.line || a.column - b.column).map(fault => fault.text);
  return sorted.length <= MAX_FAULTS
    ? sorted
    : [...sorted.slice(0, MAX_FAULTS), `and ${sorted.length - MAX_FAULTS} more.`];
}

/** `metrics[2] "net_revenue": dimensions[0].column`. */
function nameOf([section, index, ...rest]: KeyPath, data: unknown): string {
  if (section === undefined) return '';
  if (typeof index !== 'number') return joined([section, ...(index === undefined ? [] : [index]), ...rest]);
  const item = ((data as Readonly<Record<string, unknown>>)[section] as readonly unknown[])[index];
  const names = isObject(item) ? [item['name'], item['word'], item['title'], item['table']] : [];
  const known = names.find(name => typeof name === 'string' && name !== '') as string | undefined;
  const place = `${section}[${index}]${known === undefined ? '' : ` ${JSON.stringify(known.slice(0, 100))}`}`;
  return rest.length === 0 ? place : `${place}: ${joined(rest)}`;
}

function joined(keys: KeyPath): string {
  return keys.reduce<string>(
    (shown, key) => (typeof key === 'number' ? `${shown}[${key}]` : shown === '' ? key : `${shown}.${key}`),
    '',
  );
}
