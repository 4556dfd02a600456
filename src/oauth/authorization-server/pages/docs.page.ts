import type { Tenant } from '../../../tenancy/tenant.js';
import { type Markup, html } from './html.js';
import type { Page } from './page.js';
import { type Language, TEXTS } from './texts.js';

/** Explains how to connect the usual clients to this tenant. */
export function docsPage(language: Language, tenant: Tenant): Page {
  return {
    language,
    title: TEXTS[language].docsTitle,
    body: language === 'es' ? spanish(tenant) : english(tenant),
  };
}

function english(tenant: Tenant): Markup {
  return html`
    <p>
      This server gives MCP clients access to the database <strong>${tenant.config.database.database}</strong>,
      ${tenant.config.readOnly ? 'for reading only' : 'for reading and, if you allow it, writing'}. Its address:
    </p>
    <pre>${tenant.resource}</pre>
    <h2>Claude (web, Desktop, mobile)</h2>
    <p>Settings → Connectors → Add custom connector. Enter the address, choose Connect, sign in, and allow access.</p>
    <h2>Claude Code</h2>
    ${commands(tenant)}
    <h2>ChatGPT</h2>
    <p>Settings → Connectors → Advanced → Developer mode. Create a connector with the address and choose OAuth.</p>
    <h2>VS Code</h2>
    <p>Command palette → MCP: Add Server → HTTP. Enter the address.</p>
    <h2>Your access</h2>
    <p>
      Every application asks you first, and you can take access back on
      <a href="${tenant.path}/account">your account page</a>. What an application does here is recorded under your name.
    </p>
  `;
}

function spanish(tenant: Tenant): Markup {
  return html`
    <p>
      Este servidor da a los clientes MCP acceso a la base de datos <strong>${tenant.config.database.database}</strong>,
      ${tenant.config.readOnly ? 'solo para leer' : 'para leer y, si usted lo permite, escribir'}. Su dirección:
    </p>
    <pre>${tenant.resource}</pre>
    <h2>Claude (web, Desktop, móvil)</h2>
    <p>
      Configuración → Conectores → Añadir conector personalizado. Introduzca la dirección, elija Conectar, inicie sesión
      y permita el acceso.
    </p>
    <h2>Claude Code</h2>
    ${commands(tenant)}
    <h2>ChatGPT</h2>
    <p>
      Configuración → Conectores → Avanzado → Modo de desarrollador. Cree un conector con la dirección y elija OAuth.
    </p>
    <h2>VS Code</h2>
    <p>Paleta de comandos → MCP: Add Server → HTTP. Introduzca la dirección.</p>
    <h2>Su acceso</h2>
    <p>
      Cada aplicación le pregunta primero, y puede retirar el acceso en
      <a href="${tenant.path}/account">la página de su cuenta</a>. Lo que una aplicación hace aquí queda registrado con
      su nombre.
    </p>
  `;
}

function commands(tenant: Tenant): Markup {
  return html`<pre>claude mcp add --transport http ${tenant.name} ${tenant.resource}</pre>`;
}
