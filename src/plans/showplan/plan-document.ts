import { parseXml, XmlElement } from '@rgrove/parse-xml';
import { AppError } from '../../common/app-error.js';

/** An element of showplan XML. The schema has no text in elements, and what text there is, is dropped. */
export interface PlanElement {
  /** Without a prefix. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly PlanElement[];
}

/** More than a plan of the database may have, because what this server writes has longer escapes. */
const MAX_CHARACTERS = 3_000_000;
const MAX_ELEMENTS = 100_000;
/** SQL Server itself nests a plan at most some hundred levels deep. */
const MAX_DEPTH = 1_000;

/**
 * Reads showplan XML. The parser expands no entities but the five of XML, loads nothing, and a document with a DOCTYPE is
 * refused before it. Throws AppError SQL_ERROR.
 */
export function readPlan(xml: string): PlanElement {
  if (xml.length > MAX_CHARACTERS || xml.includes('<!DOCTYPE')) throw unreadable();
  let root: XmlElement | null;
  try {
    root = parseXml(xml.replace(/^[\uFEFF\s]+/, '')).root;
  } catch (error) {
    // A RangeError too: the parser recurses, so that a document of many thousand levels exhausts the stack.
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
  return new AppError('SQL_ERROR', 'The database sent a plan that this server cannot read.', { cause });
}

export function childOf(element: PlanElement | undefined, name: string): PlanElement | undefined {
  return element?.children.find(child => child.name === name);
}

export function childrenOf(element: PlanElement | undefined, name: string): readonly PlanElement[] {
  return element?.children.filter(child => child.name === name) ?? [];
}

/** All elements below, the nearest first; `into` says whether to look inside of one. */
export function* descendants(
  element: PlanElement,
  into: (child: PlanElement) => boolean = () => true,
): Generator<PlanElement> {
  for (const child of element.children) {
    yield child;
    if (into(child)) yield* descendants(child, into);
  }
}

/** A number of an attribute; undefined when it is absent or something else. */
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
