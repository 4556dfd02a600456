import { html } from './html.js';
import type { Page } from './page.js';
import { type Language, TEXTS } from './texts.js';

export interface ErrorView {
  readonly language: Language;
  readonly status: number;
  readonly code: string;
  readonly description?: string | undefined;
  readonly requestId: string;
  /** What is wrong with the application, which its user can do something about; undefined: something else is wrong. */
  readonly client?: 'unknown' | 'document' | 'redirect' | undefined;
}

export function errorPage(view: ErrorView): Page {
  const t = TEXTS[view.language];
  return {
    language: view.language,
    title: t.errorTitle,
    status: view.status,
    body: html`
      <p>${adviceOf(view)}</p>
      ${
        view.client === 'unknown' &&
        html`<ul>
          ${t.unknownClientSteps.map(step => html`<li>${step}</li>`)}
        </ul>`
      }
      <dl>
        <dt>${t.code}</dt>
        <dd><code>${view.code}</code></dd>
        ${
          view.description !== undefined &&
          html`<dt>${t.detail}</dt>
            <dd lang="en">${view.description}</dd>`
        }
        <dt>${t.requestId}</dt>
        <dd><code>${view.requestId}</code></dd>
      </dl>
    `,
  };
}

/** "Connect again" helps only where the same request can succeed. */
function adviceOf(view: ErrorView): string {
  const t = TEXTS[view.language];
  switch (view.client) {
    case 'unknown':
      return t.unknownClient;
    case 'document':
      return t.unusableDocument;
    case 'redirect':
      return t.refusedRedirect;
    case undefined:
      return view.code === 'expired' ? t.expired : t.errorHint;
    default:
      return view.client satisfies never;
  }
}
