import type { Tenant } from '../../../tenancy/tenant.js';
import { connectLines } from './connect-lines.js';
import { CONNECT_TEXTS } from './connect-texts.js';
import { LOCAL_LINES } from './local-lines.js';
import { type Markup, html } from './html.js';
import type { Page } from './page.js';
import { type Language, TEXTS } from './texts.js';

/** Explains how to connect the usual clients to this tenant. */
export function docsPage(language: Language, tenant: Tenant): Page {
  const t = CONNECT_TEXTS[language];
  const { copy, copied, docsTitle } = TEXTS[language];
  const lines = connectLines(tenant);
  const code = (what: string, text: string) =>
    html`<div class="code" data-copy="${copy}" data-copied="${copied}" data-copy-label="${t.copyOf(what)}">
      <pre>${text}</pre>
    </div>`;
  const client = (name: string, content: Markup) =>
    html`<section class="item">
      <h2>${name}</h2>
      ${content}
    </section>`;
  const command = (name: string, line: string, note: string, second?: string) =>
    client(
      name,
      html`${code(name, line)}
        <p class="soft">${note}</p>
        ${second !== undefined && code(second, second)}`,
    );
  const link = (name: string, href: string, label: string, note: string, what: string, text: string) =>
    client(
      name,
      html`<p><a class="button small" href="${href}">${label}</a></p>
        <p class="soft">${note}</p>
        ${code(what, text)}`,
    );
  return {
    language,
    title: docsTitle,
    script: true,
    wide: true,
    body: html`
      <p>${t.lead(tenant.config.database.database)} ${tenant.config.readOnly ? t.readOnly : t.writes}</p>
      <p>${t.address}</p>
      ${code(t.address, lines.address)} ${client(t.claude, html`<p>${t.claudeText}</p>`)}
      ${command('Claude Code', lines.claudeCode, t.claudeCodeText)} ${client('ChatGPT', html`<p>${t.chatGptText}</p>`)}
      ${command('Codex', lines.codex, t.codexText)}
      ${link(t.vsCode, lines.vsCodeLink, t.vsCodeLink, t.vsCodeText, t.vsCode, lines.vsCode)}
      ${command('GitHub Copilot CLI', lines.copilotCli, t.copilotCliText)}
      ${command('Gemini CLI', lines.gemini, t.geminiText, lines.geminiSignIn)}
      ${command('opencode', lines.opencode, t.opencodeText)}
      ${link('Cursor', lines.cursorLink, t.cursorLink, t.cursorText, '~/.cursor/mcp.json', lines.cursor)}
      ${client(
        t.local,
        html`<p>${t.localText}</p>
          ${code(`${t.local}, Claude Code`, LOCAL_LINES.claudeCode)} ${code(`${t.local}, Codex`, LOCAL_LINES.codex)}
          <p>
            <a class="button small" href="${LOCAL_LINES.vsCodeLink}">${t.vsCodeLink}</a>
            <a class="button small" href="${LOCAL_LINES.cursorLink}">${t.cursorLink}</a>
          </p>`,
      )}
      ${client(
        t.yours,
        html`<p>${t.yoursText}</p>
          <p><a href="${tenant.path}/account">${t.account}</a></p>`,
      )}
    `,
  };
}
