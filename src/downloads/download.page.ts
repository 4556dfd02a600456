import type { AppError } from '../common/app-error.js';
import type { DownloadStatus, ExportLink } from '../export/links/export-link.js';
import { html, type Markup } from '../oauth/authorization-server/pages/html.js';
import type { Page } from '../oauth/authorization-server/pages/page.js';
import { type Language, TEXTS } from '../oauth/authorization-server/pages/texts.js';
import { DOWNLOAD_TEXTS, type DownloadTexts } from './download-texts.js';

/** Characters of the statement, and of the values, that the page shows. */
const MAX_SHOWN = 10_000;

export interface DownloadView {
  readonly language: Language;
  readonly action: string;
  readonly csrf: string;
  readonly person: string;
  readonly tenant: string;
  readonly database: string;
  readonly hasProtected: boolean;
  readonly link: ExportLink;
  /** Where the last attempt stands, if there was one. */
  readonly status: DownloadStatus | undefined;
  /** Why this request got no file. */
  readonly problem: AppError | undefined;
  readonly mayFetch: boolean;
  readonly httpStatus: number;
}

/** The page of a link that waits, and of its download. It works without its script: reloading it shows the progress. */
export function downloadPage(view: DownloadView): Page {
  const t = DOWNLOAD_TEXTS[view.language];
  const common = TEXTS[view.language];
  const { link } = view;
  return {
    language: view.language,
    title: t.title,
    status: view.httpStatus,
    script: true,
    connects: true,
    wide: true,
    body: html`
      ${view.problem && html`<p class="bad" role="alert" lang="en">${textOf(view.problem)}</p>`}
      <p>${t.lead}</p>
      <dl>
        <dt>${t.file}</dt>
        <dd>${link.fileName}</dd>
        <dt>${t.format}</dt>
        <dd>${link.format}</dd>
        <dt>${common.tenant}</dt>
        <dd>${view.tenant}</dd>
        <dt>${common.database}</dt>
        <dd>${view.database}</dd>
        <dt>${common.person}</dt>
        <dd>${view.person}</dd>
        <dt>${t.expires}</dt>
        <dd>${timeOf(link.expiresAt)}</dd>
      </dl>
      <h2>${t.query}</h2>
      <div class="code"><pre>${shortened(link.statement)}</pre></div>
      ${
        Object.keys(link.parameters).length > 0 &&
        html`<h2>${t.values}</h2>
          <div class="code"><pre>${shortened(JSON.stringify(link.parameters))}</pre></div>`
      }
      ${view.hasProtected && html`<p>${t.hasProtected}</p>`}
      <p class="note">${t.care}</p>
      ${statusBox(view, t)}
      ${
        view.mayFetch &&
        html`<form method="post" action="${view.action}" data-starts>
          <input type="hidden" name="csrf" value="${view.csrf}" />
          <div class="actions">
            <button class="primary" type="submit">${t.download}</button>
            <a href="${view.action}">${t.refresh}</a>
          </div>
        </form>`
      }
    `,
  };
}

/** The script fills the first paragraph while the file arrives, and the second one at its end. */
function statusBox({ action, status, problem }: DownloadView, t: DownloadTexts): Markup {
  const isRunning = status?.state === 'running';
  const known = problem === undefined && status?.state === 'failed' ? status : undefined;
  return html`<div
    data-status="${action}/status"
    data-attempt="${isRunning ? '' : (status?.attempt ?? '')}"
    data-running="${t.running}"
    data-done="${t.done}"
    data-failed="${t.failed}"
    ${isRunning && html`data-watching`}
  >
    <p>${isRunning && filled(t.running, status)}</p>
    <p role="status" class="${known && 'bad'}">${known && `${filled(t.failed, known)} ${t.again}`}</p>
  </div>`;
}

export interface GoneView {
  readonly language: Language;
  readonly person: string;
  readonly account: string;
  readonly status: DownloadStatus | undefined;
}

/** The page of a link that is gone, with the end of its download if there was one. */
export function gonePage({ language, person, account, status }: GoneView): Page {
  const t = DOWNLOAD_TEXTS[language];
  const isDone = status?.state === 'done';
  return {
    language,
    title: isDone ? t.usedTitle : t.goneTitle,
    status: isDone ? 200 : 404,
    body: html`
      ${isDone ? html`<p class="done">${filled(t.done, status)}</p>` : html`<p>${t.gone}</p>`}
      ${status?.state === 'failed' && html`<p class="bad">${filled(t.failed, status)}</p>`}
      ${status?.state === 'running' && html`<p>${filled(t.running, status)}</p>`}
      <dl>
        <dt>${TEXTS[language].person}</dt>
        <dd>${person}</dd>
      </dl>
      <p><a href="${account}">${t.account}</a></p>
    `,
  };
}

function filled(text: string, status: DownloadStatus): string {
  const values: Readonly<Record<string, unknown>> = { ...status };
  return text.replace(/\{(\w+)\}/g, (_match, name: string) => String(values[name] ?? '')).trim();
}

function textOf({ message, hint }: AppError): string {
  return hint === undefined ? message : `${message} ${hint}`;
}

function shortened(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

function timeOf(at: number): Markup {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`;
}
