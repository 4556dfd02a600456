import { parseXml, XmlElement } from '@rgrove/parse-xml';
import { AppError } from '../../common/app-error.js';

/** An element of showplan XML. The schema has no text content, so text nodes are dropped. */
export interface PlanElement {
  /** The local name, without a namespace prefix. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly PlanElement[];
}

/** Higher than the limit of PlanRunner, because the plans that this server wrote have longer escapes. */
const MAX_CHARACTERS = 3_000_000;
const MAX_ELEMENTS = 100_000;
/** SQL Server itself nests a plan at most some hundred levels deep. */
const MAX_DEPTH = 1_000;

/**
 * Reads showplan XML. The parser expands only the five predefined entities and loads nothing; a document with a DOCTYPE is
 * refused. Throws AppError SQL_ERROR for a document that is malformed or exceeds the limits.
 */
export function readPlan(xml: string): PlanElement {
  if (xml.length > MAX_CHARACTERS || xml.includes('<!DOCTYPE')) throw unreadable();
  let root: XmlElement | null;
  try {
    root = parseXml(xml.replace(/^[\uFEFF\s]+/, '')).root;
  } catch (error) {
    // This includes RangeError: the parser recurses, and many thousand levels exhaust the stack.
    throw unreadable(error);
  }
  if (root === null || localName(root.name) !== 'ShowPlanXML') throw unreadable();
  return elementOf(root, 0, { left: MAX_ELEMENTS });
}

function elementOf(element: XmlElement, depth: number, budget: { left: number }): PlanElement {
  if (depth > MAX_DEPTH || budget.left-- <= 0) throw unreadable();
  const children = element.children.filter(child => child instanceof XmlElement);
  return {
    name: localName(element.name),
    attributes: { ...element.attributes },
    children: children.map(child => elementOf(child, depth + 1, budget)),
  };
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function unreadable(cause?: unknown): AppError {
  return new AppError('SQL_ERROR', 'The database sent a plan that this server cannot read.', {
    hint: 'Explain a simpler statement, or look at the keys and indexes of its tables with describe_table.',
    cause,
  });
}

export function childOf(element: PlanElement | undefined, name: string): PlanElement | undefined {
  return element?.children.find(child => child.name === name);
}

export function childrenOf(element: PlanElement | undefined, name: string): readonly PlanElement[] {
  return element?.children.filter(child => child.name === name) ?? [];
}

/** Yields all elements below in document order; `into` says whether to descend into an element. */
export function* descendants(
  element: PlanElement,
  into: (child: PlanElement) => boolean = () => true,
): Generator<PlanElement> {
  for (const child of element.children) {
    yield child;
    if (into(child)) yield* descendants(child, into);
  }
}

/** Returns an attribute as a number; undefined when it is absent or no number. */
export function numberOf(element: PlanElement | undefined, attribute: string): number | undefined {
  const text = element?.attributes[attribute];
  const number = text === undefined || text === '' ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : undefined;
}

/** XML schema writes a boolean as `true` or `1`. */
export function isTrue(element: PlanElement | undefined, attribute: string): boolean {
  const text = element?.attributes[attribute];
  return text === 'true' || text === '1';
}
