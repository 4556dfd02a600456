import { languagesOf } from '../../../http/negotiation.js';

export type Language = 'en' | 'es';

const en = {
  signInTitle: 'Sign in',
  signInLead: (client: string) => `${client} asks for access to data.`,
  tenant: 'Environment',
  database: 'Database',
  username: 'User name',
  password: 'Password',
  show: 'Show',
  hide: 'Hide',
  showPassword: 'Show password',
  hidePassword: 'Hide password',
  signIn: 'Sign in',
  cancel: 'Cancel',
  wrong: 'That user name and password do not match, or this person has no access here.',
  tooMany: 'Too many attempts. Wait a few minutes and try again.',
  busy: 'Many people are signing in at this moment. Try again in a minute.',
  goesTo: 'Afterwards you are sent to',
  consentTitle: 'Allow access?',
  consentLead: (client: string) => `${client} wants to use this database in your name.`,
  application: 'Application',
  unverified: 'The application chose this name itself. What counts is where the answer is sent:',
  sentTo: 'The answer is sent to:',
  loopbackWarning:
    'The answer goes to a program on this device. Allow it only if you have just started the connection there yourself.',
  person: 'Signed in as',
  otherPerson: 'Use another account',
  accessLegend: 'What it may do',
  read: 'Read',
  readText: 'Look at tables and run queries that change nothing.',
  write: 'Read and write',
  writeText: 'Also insert, change and delete data.',
  exports: 'Whole results as files',
  exportsText: 'Make links with which you, and nobody else, download the whole result of a query.',
  lasts: 'Access lasts up to 30 days. You can end it at any time on your account page.',
  approve: 'Allow',
  deny: 'Deny',
  errorTitle: 'This did not work',
  expired: 'This sign-in has expired or was begun in another browser. Go back to the application and connect again.',
  errorHint:
    'Close this page, go back to the application and connect again. If it happens again, tell your administrator the code below.',
  code: 'Code',
  detail: 'For the administrator',
  accountTitle: 'Connected applications',
  accountLead: 'Each of these applications can use this database in your name until you revoke it.',
  none: 'No application is connected.',
  issuedBy: 'Token issued by',
  since: 'Since',
  lastUse: 'Last use',
  redirectHosts: 'Answers go to',
  until: 'Until',
  notYet: 'not yet',
  revoke: 'Revoke',
  revoked: (client: string) => `The access of ${client} was revoked.`,
  revokedAll: 'The access of all applications was revoked.',
  revokeAll: 'Revoke all',
  revokeAllText: 'Every application in this list loses its access at once, and has to ask you again.',
  pageOf: (page: number, pages: number) => `Page ${page} of ${pages}`,
  newer: 'Newer',
  older: 'Older',
  signOut: 'Sign out',
  filesTitle: 'Files that wait for you',
  filesLead: 'Applications made these links for you. Nobody else can open them.',
  openFile: 'Open',
  fileFormat: 'Format',
  fileRevoked: (file: string) => `The link to ${file} was revoked.`,
  docsTitle: 'Connect to this database',
  copy: 'Copy',
  copied: 'Copied',
  welcomeTitle: 'This is an MCP server',
  welcomeLead:
    'It lets AI applications such as Claude and ChatGPT work with databases, always in the name of the person who signs in.',
  welcomeAddress: 'To connect, you need the address of your database. Ask your administrator for it.',
  upstream: (label: string) => `Continue with ${label}`,
  upstreamLead: (label: string) => `You will sign in with ${label}, and then decide what the application may do.`,
  requestId: 'Request id',
  unknownClient:
    'This server does not know the application any more: its registration is gone. To connect again is not enough, because the application would send the same registration. Make it register anew:',
  unknownClientSteps: [
    'Claude Code: enter /mcp, choose this server, choose “Clear authentication”, then authenticate again.',
    'Other applications: remove this server in the application, then add it again.',
  ] as readonly string[],
  unusableDocument:
    'The application identifies itself with a document that this server can not use. Connecting again does not help. Pass the reason below on to your administrator or to the maker of the application.',
  refusedRedirect:
    'This server sends no answers to the address that the application gave. Connecting again does not help. Pass the reason below on to your administrator.',
};

export type Texts = typeof en;

const es: Texts = {
  signInTitle: 'Iniciar sesión',
  signInLead: client => `${client} solicita acceso a datos.`,
  tenant: 'Entorno',
  database: 'Base de datos',
  username: 'Nombre de usuario',
  password: 'Contraseña',
  show: 'Mostrar',
  hide: 'Ocultar',
  showPassword: 'Mostrar contraseña',
  hidePassword: 'Ocultar contraseña',
  signIn: 'Iniciar sesión',
  cancel: 'Cancelar',
  wrong: 'El nombre de usuario y la contraseña no coinciden, o esta persona no tiene acceso aquí.',
  tooMany: 'Demasiados intentos. Espere unos minutos y vuelva a intentarlo.',
  busy: 'Muchas personas están iniciando sesión en este momento. Vuelva a intentarlo en un minuto.',
  goesTo: 'Después se le enviará a',
  consentTitle: '¿Permitir el acceso?',
  consentLead: client => `${client} quiere usar esta base de datos en su nombre.`,
  application: 'Aplicación',
  unverified: 'La aplicación eligió este nombre por sí misma. Lo que cuenta es adónde se envía la respuesta:',
  sentTo: 'La respuesta se envía a:',
  loopbackWarning:
    'La respuesta va a un programa de este dispositivo. Permítalo solo si usted mismo acaba de iniciar la conexión allí.',
  person: 'Sesión iniciada como',
  otherPerson: 'Usar otra cuenta',
  accessLegend: 'Qué podrá hacer',
  read: 'Leer',
  readText: 'Ver tablas y ejecutar consultas que no cambian nada.',
  write: 'Leer y escribir',
  writeText: 'También insertar, cambiar y eliminar datos.',
  exports: 'Resultados completos como archivos',
  exportsText: 'Crear enlaces con los que usted, y nadie más, descarga el resultado completo de una consulta.',
  lasts: 'El acceso dura hasta 30 días. Puede terminarlo en cualquier momento en la página de su cuenta.',
  approve: 'Permitir',
  deny: 'Rechazar',
  errorTitle: 'Algo no ha funcionado',
  expired:
    'Este inicio de sesión ha caducado o se empezó en otro navegador. Vuelva a la aplicación y conéctese de nuevo.',
  errorHint:
    'Cierre esta página, vuelva a la aplicación y conéctese de nuevo. Si se repite, comunique el código siguiente a su administrador.',
  code: 'Código',
  detail: 'Para el administrador',
  accountTitle: 'Aplicaciones conectadas',
  accountLead: 'Cada una de estas aplicaciones puede usar esta base de datos en su nombre hasta que la revoque.',
  none: 'No hay ninguna aplicación conectada.',
  issuedBy: 'Token emitido por',
  since: 'Desde',
  lastUse: 'Último uso',
  redirectHosts: 'Las respuestas van a',
  until: 'Hasta',
  notYet: 'todavía no',
  revoke: 'Revocar',
  revoked: client => `Se ha revocado el acceso de ${client}.`,
  revokedAll: 'Se ha revocado el acceso de todas las aplicaciones.',
  revokeAll: 'Revocar todas',
  revokeAllText:
    'Todas las aplicaciones de esta lista pierden el acceso de inmediato y tendrán que volver a pedírselo.',
  pageOf: (page, pages) => `Página ${page} de ${pages}`,
  newer: 'Más recientes',
  older: 'Más antiguas',
  signOut: 'Cerrar sesión',
  filesTitle: 'Archivos que le esperan',
  filesLead: 'Las aplicaciones crearon estos enlaces para usted. Nadie más puede abrirlos.',
  openFile: 'Abrir',
  fileFormat: 'Formato',
  fileRevoked: file => `Se ha revocado el enlace a ${file}.`,
  docsTitle: 'Conectarse a esta base de datos',
  copy: 'Copiar',
  copied: 'Copiado',
  welcomeTitle: 'Esto es un servidor MCP',
  welcomeLead:
    'Permite que aplicaciones de IA como Claude y ChatGPT trabajen con bases de datos, siempre en nombre de la persona que inicia sesión.',
  welcomeAddress: 'Para conectarse necesita la dirección de su base de datos. Pídasela a su administrador.',
  upstream: label => `Continuar con ${label}`,
  upstreamLead: label => `Iniciará sesión con ${label} y después decidirá qué puede hacer la aplicación.`,
  requestId: 'Identificador de la petición',
  unknownClient:
    'Este servidor ya no conoce la aplicación: su registro ha desaparecido. No basta con volver a conectarse, porque la aplicación enviaría el mismo registro. Haga que se registre de nuevo:',
  unknownClientSteps: [
    'Claude Code: escriba /mcp, elija este servidor, elija «Clear authentication» y vuelva a autenticarse.',
    'Otras aplicaciones: elimine este servidor en la aplicación y vuelva a añadirlo.',
  ],
  unusableDocument:
    'La aplicación se identifica con un documento que este servidor no puede usar. Volver a conectarse no ayuda. Comunique el motivo siguiente a su administrador o al fabricante de la aplicación.',
  refusedRedirect:
    'Este servidor no envía respuestas a la dirección que indicó la aplicación. Volver a conectarse no ayuda. Comunique el motivo siguiente a su administrador.',
};

export const TEXTS: Readonly<Record<Language, Texts>> = { en, es };

/** The first of our languages that Accept-Language asks for; English when it asks for neither. */
export function languageOf(header: string | undefined): Language {
  return languagesOf(header).find(isLanguage) ?? 'en';
}

function isLanguage(tag: string): tag is Language {
  return Object.hasOwn(TEXTS, tag);
}
