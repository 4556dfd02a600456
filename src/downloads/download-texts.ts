import type { Language } from '../oauth/authorization-server/pages/texts.js';

const en = {
  title: 'Download a file',
  lead: 'An application made this link for you. The query runs when you download the file, in your name and with your access at that moment.',
  file: 'File',
  format: 'Format',
  expires: 'Until',
  query: 'Query',
  values: 'Values',
  hasProtected: 'Columns that are protected here stay out of the file.',
  care: 'The file leaves this server: whoever gets it can read it. Texts in it come from the database.',
  download: 'Download',
  refresh: 'Show progress',
  running: '{rows} rows, {bytes} bytes so far',
  done: 'The file is complete: {rows} rows, {bytes} bytes.',
  failed: 'The download failed after {rows} rows, and the file is not complete. {message} {hint}',
  again: 'You can use the link again until it expires.',
  goneTitle: 'This link cannot be used',
  gone: 'It has expired, was used or revoked, or it was made for another person. Ask the application for a new one.',
  usedTitle: 'This file was downloaded',
  account: 'Your account page',
};

export type DownloadTexts = typeof en;

const es: DownloadTexts = {
  title: 'Descargar un archivo',
  lead: 'Una aplicación creó este enlace para usted. La consulta se ejecuta cuando descarga el archivo, en su nombre y con el acceso que tenga en ese momento.',
  file: 'Archivo',
  format: 'Formato',
  expires: 'Hasta',
  query: 'Consulta',
  values: 'Valores',
  hasProtected: 'Las columnas protegidas aquí no se incluyen en el archivo.',
  care: 'El archivo sale de este servidor: quien lo reciba puede leerlo. Los textos que contiene proceden de la base de datos.',
  download: 'Descargar',
  refresh: 'Mostrar el progreso',
  running: '{rows} filas, {bytes} bytes hasta ahora',
  done: 'El archivo está completo: {rows} filas, {bytes} bytes.',
  failed: 'La descarga falló después de {rows} filas y el archivo no está completo. {message} {hint}',
  again: 'Puede volver a usar el enlace hasta que caduque.',
  goneTitle: 'Este enlace no se puede usar',
  gone: 'Ha caducado, ya se usó o se revocó, o se creó para otra persona. Pida uno nuevo a la aplicación.',
  usedTitle: 'Este archivo ya se descargó',
  account: 'La página de su cuenta',
};

export const DOWNLOAD_TEXTS: Readonly<Record<Language, DownloadTexts>> = { en, es };
