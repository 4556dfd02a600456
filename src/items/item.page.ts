import { html } from '../oauth/authorization-server/pages/html.js';
import type { Page } from '../oauth/authorization-server/pages/page.js';
import { type Language, TEXTS } from '../oauth/authorization-server/pages/texts.js';
import { ITEM_TEXTS } from './item-texts.js';

export interface ShownItem {
  readonly title: string;
  readonly text: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface ItemView {
  readonly language: Language;
  readonly person: string;
  readonly tenant: string;
  readonly database: string;
  readonly item: ShownItem;
}

/** An item as text: nothing in it is taken for markup or made a link. */
export function itemPage({ language, person, tenant, database, item }: ItemView): Page {
  const t = ITEM_TEXTS[language];
  const common = TEXTS[language];
  return {
    language,
    title: t.title,
    wide: true,
    body: html`
      <p>${t.lead}</p>
      <dl>
        <dt>${t.item}</dt>
        <dd>${item.title}</dd>
        <dt>${common.tenant}</dt>
        <dd>${tenant}</dd>
        <dt>${common.database}</dt>
        <dd>${database}</dd>
        <dt>${common.person}</dt>
        <dd>${person}</dd>
      </dl>
      <h2>${t.text}</h2>
      <div class="code"><pre>${item.text}</pre></div>
      ${item.metadata?.['truncated'] !== undefined && html`<p class="note">${t.truncated}</p>`}
      <p class="note">${t.care}</p>
    `,
  };
}
