import type { Language } from './texts.js';

const en = {
  lead: (database: string) => `This server gives MCP clients access to the database ${database}.`,
  readOnly: 'They can only read.',
  writes: 'They can read and, if you allow it, write.',
  address: 'The address of this database:',
  claude: 'Claude (web, Desktop, mobile)',
  claudeText:
    'Open Customize → Connectors → + → Add custom connector. Enter the address, choose Connect, sign in, and allow access.',
  claudeCodeText: 'Before version 2.1.186 there is no second command: type /mcp in a session, and choose Authenticate.',
  chatGptText:
    'Open Settings → Apps → Advanced settings and turn on Developer mode. Then choose Create app, enter the address, and choose OAuth.',
  codexText: 'The first command usually opens the sign-in at once; the second one opens it at any time.',
  vsCode: 'VS Code with GitHub Copilot',
  vsCodeLink: 'Add to VS Code',
  vsCodeText: 'Or run this command, or MCP: Add Server from the command palette with HTTP and the address.',
  copilotCliText: 'Your browser opens for the sign-in when you start copilot the next time.',
  geminiText: 'Then sign in from a Gemini session:',
  opencodeText: 'Then start OpenCode, run /mcps, choose the server, and sign in. In version 1: opencode mcp auth.',
  cursorLink: 'Add to Cursor',
  cursorText: 'Or put this into ~/.cursor/mcp.json:',
  local: 'On your own computer',
  localText:
    'With a database login of your own, a client can also start the server itself, without this address. It needs Node.js 24, the command mssql-mcp, and a file with the password.',
  copyOf: (what: string) => `Copy: ${what}`,
  yours: 'Your access',
  yoursText: 'Every application asks you first. What an application does here is recorded under your name.',
  account: 'See the connected applications and revoke their access',
};

export type ConnectTexts = typeof en;

const es: ConnectTexts = {
  lead: database => `Este servidor da a los clientes MCP acceso a la base de datos ${database}.`,
  readOnly: 'Solo pueden leer.',
  writes: 'Pueden leer y, si usted lo permite, escribir.',
  address: 'La dirección de esta base de datos:',
  claude: 'Claude (web, Desktop, móvil)',
  claudeText:
    'Abra Personalizar → Conectores → + → Añadir conector personalizado. Introduzca la dirección, elija Conectar, inicie sesión y permita el acceso.',
  claudeCodeText:
    'Antes de la versión 2.1.186 no existe el segundo comando: escriba /mcp en una sesión y elija Authenticate.',
  chatGptText:
    'Abra Configuración → Aplicaciones → Configuración avanzada y active el modo de desarrollador. Después elija Crear aplicación, introduzca la dirección y elija OAuth.',
  codexText: 'El primer comando suele abrir ya el inicio de sesión; el segundo lo abre en cualquier momento.',
  vsCode: 'VS Code con GitHub Copilot',
  vsCodeLink: 'Añadir a VS Code',
  vsCodeText: 'O ejecute esta orden, o MCP: Add Server desde la paleta de comandos, con HTTP y la dirección.',
  copilotCliText: 'El navegador se abre para iniciar sesión la próxima vez que inicie copilot.',
  geminiText: 'Después inicie sesión desde una sesión de Gemini:',
  opencodeText:
    'Después abra OpenCode, ejecute /mcps, elija el servidor e inicie sesión. En la versión 1: opencode mcp auth.',
  cursorLink: 'Añadir a Cursor',
  cursorText: 'O ponga esto en ~/.cursor/mcp.json:',
  local: 'En su propio ordenador',
  localText:
    'Con un usuario propio de la base de datos, un cliente también puede arrancar el servidor él mismo, sin esta dirección. Necesita Node.js 24, la orden mssql-mcp y un archivo con la contraseña.',
  copyOf: what => `Copiar: ${what}`,
  yours: 'Su acceso',
  yoursText:
    'Cada aplicación le pregunta primero. Lo que una aplicación hace aquí queda registrado con el nombre de usted.',
  account: 'Ver las aplicaciones conectadas y revocar su acceso',
};

export const CONNECT_TEXTS: Readonly<Record<Language, ConnectTexts>> = { en, es };
