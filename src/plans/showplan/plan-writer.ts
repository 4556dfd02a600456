import type { PlanElement } from './plan-document.js';

const NAMESPACE = 'http://schemas.microsoft.com/sqlserver/2004/07/showplan';
const NAME = /^[A-Za-z_][\w.-]*$/;

/** The plan as XML that SQL Server Management Studio opens as a `.sqlplan` file. */
export function writePlan(root: PlanElement): string {
  const attributes = Object.fromEntries(Object.entries(root.attributes).filter(([name]) => name !== 'xmlns'));
  return write({ ...root, attributes: { xmlns: NAMESPACE, ...attributes } });
}

function write({ name, attributes, children }: PlanElement): string {
  if (!NAME.test(name)) return '';
  const written = Object.entries(attributes)
    .filter(([attribute]) => NAME.test(attribute))
    .map(([attribute, value]) => ` ${attribute}="${escaped(value)}"`)
    .join('');
  return children.length === 0
    ? `<${name}${written}/>`
    : `<${name}${written}>${children.map(write).join('')}</${name}>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"\t\n\r]/g, character => `&#${character.charCodeAt(0)};`);
}
