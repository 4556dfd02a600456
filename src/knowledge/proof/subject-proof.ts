import { Drift } from '../model/resolution.js';
import type { Subject } from '../file/subject-definitions.js';
import { resolveSubject, type SubjectParts } from '../subjects/resolve-subject.js';
import type { ItemProof } from './proof.types.js';
import type { Described } from './statement-describer.js';

/** Has the database compile a statement with these parameters. */
type Compile = (sql: string, declarations: string) => Promise<Described>;

/** Whether the tables and columns of the subjects exist, and whether their statements compile. */
export async function proveSubjects(
  subjects: readonly Subject[],
  parts: SubjectParts,
  compile: Compile,
): Promise<readonly ItemProof[]> {
  const items: ItemProof[] = [];
  for (const subject of subjects) items.push(...(await proveSubject(subject, parts, compile)));
  return items;
}

async function proveSubject(subject: Subject, parts: SubjectParts, compile: Compile): Promise<readonly ItemProof[]> {
  const { name } = subject;
  try {
    const { keyType, categories } = await resolveSubject(subject, parts);
    const items: ItemProof[] = [{ kind: 'subject', name, state: 'proved' }];
    for (const { name: category, part, drift } of categories) {
      const described: Described =
        part === undefined ? { state: 'broken', reason: drift } : await compile(part.statement, `@id ${keyType}`);
      items.push({ kind: 'category', name: `${name}.${category}`, ...described });
    }
    return items;
  } catch (error) {
    if (!(error instanceof Drift)) throw error;
    return [{ kind: 'subject', name, state: 'broken', reason: error.message }];
  }
}
