import { html } from './html.js';
import type { Page } from './page.js';
import { type Language, TEXTS } from './texts.js';

/** Says what this server is, and names no tenant: the page is for whoever finds the address. */
export function welcomePage(language: Language): Page {
  const t = TEXTS[language];
  return {
    language,
    title: t.welcomeTitle,
    body: html`
      <p>${t.welcomeLead}</p>
      <p>${t.welcomeAddress}</p>
    `,
  };
}
