import type { Language } from '../oauth/authorization-server/pages/texts.js';

const en = {
  title: 'A source of an answer',
  lead: 'An application named this as its source. It is read in your name, with your access at this moment.',
  item: 'Source',
  text: 'Text',
  truncated: 'The text is longer than this page shows.',
  care: 'The text comes from the database or from the definitions of your company. This server has not checked it.',
};

type ItemTexts = typeof en;

const es: ItemTexts = {
  title: 'Una fuente de una respuesta',
  lead: 'Una aplicación indicó esto como su fuente. Se lee en su nombre y con el acceso que tiene en este momento.',
  item: 'Fuente',
  text: 'Texto',
  truncated: 'El texto es más largo de lo que muestra esta página.',
  care: 'El texto procede de la base de datos o de las definiciones de su empresa. Este servidor no lo ha comprobado.',
};

export const ITEM_TEXTS: Readonly<Record<Language, ItemTexts>> = { en, es };
