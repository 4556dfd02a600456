import { html } from './html.js';
import type { Page } from './page.js';
import { type Language, TEXTS } from './texts.js';

export interface ErrorView {
  readonly language: Language;
  readonly status: number;
  readonly code: string;
  readonly description?: string | undefined;
}

export function errorPage(view: ErrorView): Page {
  const t = TEXTS[view.language];
  const expired = view.code === 'expired';
  return {
    language: view.language,
    title: t.errorTitle,
    status: view.status,
    body: html`
      <p>${expired ? t.expired : t.errorHint}</p>
      <dl>
        <dt>${t.code}</dt>
        <dd><code>${view.code}</code></dd>
        ${
          view.description !== undefined &&
          html`<dt>${t.detail}</dt>
            <dd lang="en">${view.description}</dd>`
        }
      </dl>
    `,
  };
}
