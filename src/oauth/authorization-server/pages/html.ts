/** Markup that is safe to send: made by the `html` tag, which escapes every value that is not markup itself. */
export class Markup {
  constructor(readonly text: string) {}
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

type Piece = Markup | string | number | undefined | false | readonly Piece[];

export function html(strings: TemplateStringsArray, ...values: Piece[]): Markup {
  return new Markup(strings.map((text, index) => text + (index < values.length ? render(values[index]) : '')).join(''));
}

function render(value: Piece): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map(render).join('');
  return String(value).replace(/[&<>"'`]/g, character => ENTITIES[character] ?? '');
}
