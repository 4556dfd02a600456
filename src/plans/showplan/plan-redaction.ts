import { parseObjectName } from '../../database/object-name.js';
import { maskedText } from '../../database/policy/lexer/masked-text.js';
import {
  FACTS,
  HIDDEN,
  MODULE_NAMES,
  MODULES,
  ONLY_ON,
  OPAQUE,
  OTHER_NAMES,
  REQUIRED,
  TABLE_FACTS,
  TABLE_NAMES,
  TEXTS,
} from './plan-attributes.js';
import { descendants, type PlanElement } from './plan-document.js';
import { ownParts } from './plan-operators.js';
import type { PlanVisibility } from './plan-visibility.js';

/**
 * Returns the plan as a person may see it. For everybody it removes the values of parameters and constants, the literals in
 * texts, and what plan-attributes.ts does not list. For this person it removes the names of objects that they may not see,
 * and all expressions of a plan with such objects, because expressions repeat names.
 */
export function redacted(root: PlanElement, visibility: PlanVisibility): PlanElement {
  const expressions = ![root, ...descendants(root)].some(element => isHidden(element, visibility));
  return new Redaction(visibility, expressions).element(root, { inModule: false, ofHidden: false });
}

interface Place {
  /** Whether the element is in the plan of a function or procedure. */
  readonly inModule: boolean;
  /** Whether the element belongs to an operator that reads a hidden table; its counters reveal the size of the table. */
  readonly ofHidden: boolean;
}

class Redaction {
  constructor(
    private readonly visibility: PlanVisibility,
    private readonly showsExpressions: boolean,
  ) {}

  element(element: PlanElement, around: Place): PlanElement {
    const { name } = element;
    const place = {
      inModule: around.inModule || MODULES.has(name),
      ofHidden: name === 'RelOp' ? this.readsHidden(element) : around.ofHidden,
    };
    const hidden = isHidden(element, this.visibility);
    const attributes: Record<string, string> = {};
    for (const [attribute, value] of Object.entries(element.attributes)) {
      const shown = this.attribute(name, attribute, value, hidden, place);
      if (shown !== undefined) attributes[attribute] = shown;
      else if (REQUIRED.has(attribute)) attributes[attribute] = HIDDEN;
    }
    const children = element.children
      .filter(child => !OPAQUE.has(child.name) && !this.isOnlyOfHidden(child))
      .map(child => this.element(child, place));
    return { name, attributes, children };
  }

  /** Returns undefined for an attribute that the person may not see. */
  private attribute(
    element: string,
    attribute: string,
    value: string,
    hidden: boolean,
    { inModule, ofHidden }: Place,
  ): string | undefined {
    if (attribute === 'ConstValue') return '?';
    if (ONLY_ON[attribute] !== undefined && ONLY_ON[attribute] !== element) return undefined;
    if (TABLE_FACTS.has(attribute)) return ofHidden ? undefined : value;
    if (FACTS.has(attribute)) return value;
    if (TABLE_NAMES.has(attribute) || MODULE_NAMES.has(attribute)) return hidden ? HIDDEN : value;
    if (OTHER_NAMES.has(attribute))
      return this.visibility.limited && ONLY_ON[attribute] === undefined ? undefined : value;
    if (TEXTS.has(attribute)) return this.text(attribute, value, inModule);
    return undefined;
  }

  private text(attribute: string, value: string, inModule: boolean): string | undefined {
    const ofPerson = attribute === 'StatementText' && !inModule;
    if (attribute === 'RemoteQuery' && this.visibility.limited) return undefined;
    return ofPerson || this.showsExpressions ? maskedText(value) : undefined;
  }

  private readsHidden(element: PlanElement): boolean {
    return [...ownParts(element)].some(part => isHidden(part, this.visibility));
  }

  /** A missing index would reveal that a hidden table exists, and statistics would reveal when and how much it changes. */
  private isOnlyOfHidden(element: PlanElement): boolean {
    const isIndex = (child: PlanElement): boolean => child.name === 'MissingIndex' && isHidden(child, this.visibility);
    switch (element.name) {
      case 'StatisticsInfo':
        return isHidden(element, this.visibility);
      case 'OptimizerStatsUsage':
        return element.children.every(child => isHidden(child, this.visibility));
      case 'MissingIndexGroup':
        return element.children.some(isIndex);
      case 'MissingIndexes':
        return element.children.every(group => group.children.some(isIndex));
      default:
        return false;
    }
  }
}

function isHidden({ name, attributes }: PlanElement, visibility: PlanVisibility): boolean {
  const { Database: database, Schema: schema, Table: table, FunctionName, ProcName } = attributes;
  if (table !== undefined && visibility.hides(database, schema, table)) return true;
  if (table === undefined && schema !== undefined && visibility.hides(database, schema, '')) return true;
  const module = name === 'Intrinsic' ? undefined : (FunctionName ?? ProcName);
  return module !== undefined && hidesModule(module, visibility);
}

function hidesModule(written: string, visibility: PlanVisibility): boolean {
  try {
    const { database, schema, name } = parseObjectName(written);
    return visibility.hides(database, schema ?? (visibility.limited ? undefined : 'dbo'), name);
  } catch {
    return true;
  }
}
