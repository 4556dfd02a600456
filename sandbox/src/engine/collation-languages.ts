/** What the language part of a collation's name decides (learn.microsoft.com: Windows collation name). */
export interface CollationLanguage {
  /** The locale whose order it follows; undefined for an order that the sandbox lacks. */
  readonly locale?: string;
  /** The code page of char, varchar and text. */
  readonly codePage: number;
  readonly lcid: number;
  /** SQL collations only: the sort order of the _CI_AS form, which clients take the code page from. */
  readonly sortOrder?: number;
}

const LANGUAGES: Readonly<Record<string, CollationLanguage>> = {
  latin1_general: { locale: 'en', codePage: 1252, lcid: 0x0409 },
  sql_latin1_general_cp1: { locale: 'en', codePage: 1252, lcid: 0x0409 },
  sql_latin1_general_cp437: { locale: 'en', codePage: 437, lcid: 0x0409 },
  sql_latin1_general_cp850: { locale: 'en', codePage: 850, lcid: 0x0409 },
  sql_latin1_general_cp1250: { locale: 'en', codePage: 1250, lcid: 0x0409, sortOrder: 82 },
  french: { locale: 'fr', codePage: 1252, lcid: 0x040c },
  german_phonebook: { locale: 'de-u-co-phonebk', codePage: 1252, lcid: 0x0407 },
  modern_spanish: { locale: 'es', codePage: 1252, lcid: 0x0c0a },
  finnish_swedish: { locale: 'sv', codePage: 1252, lcid: 0x040b },
  danish_norwegian: { locale: 'da', codePage: 1252, lcid: 0x0406 },
  danish_greenlandic: { locale: 'da', codePage: 1252, lcid: 0x0406 },
  norwegian: { locale: 'nb', codePage: 1252, lcid: 0x0414 },
  icelandic: { locale: 'is', codePage: 1252, lcid: 0x040f },
  polish: { locale: 'pl', codePage: 1250, lcid: 0x0415 },
  czech: { locale: 'cs', codePage: 1250, lcid: 0x0405 },
  hungarian: { locale: 'hu', codePage: 1250, lcid: 0x040e },
  romanian: { locale: 'ro', codePage: 1250, lcid: 0x0418 },
  croatian: { locale: 'hr', codePage: 1250, lcid: 0x041a },
  slovak: { locale: 'sk', codePage: 1250, lcid: 0x041b },
  slovenian: { locale: 'sl', codePage: 1250, lcid: 0x0424 },
  albanian: { locale: 'sq', codePage: 1250, lcid: 0x041c },
  cyrillic_general: { locale: 'ru', codePage: 1251, lcid: 0x0419 },
  ukrainian: { locale: 'uk', codePage: 1251, lcid: 0x0422 },
  greek: { locale: 'el', codePage: 1253, lcid: 0x0408 },
  turkish: { codePage: 1254, lcid: 0x041f },
  hebrew: { locale: 'he', codePage: 1255, lcid: 0x040d },
  arabic: { locale: 'ar', codePage: 1256, lcid: 0x0401 },
  estonian: { locale: 'et', codePage: 1257, lcid: 0x0425 },
  latvian: { locale: 'lv', codePage: 1257, lcid: 0x0426 },
  lithuanian: { locale: 'lt', codePage: 1257, lcid: 0x0427 },
  vietnamese: { locale: 'vi', codePage: 1258, lcid: 0x042a },
  thai: { locale: 'th', codePage: 874, lcid: 0x041e },
  japanese: { locale: 'ja', codePage: 932, lcid: 0x0411 },
  chinese_prc: { locale: 'zh', codePage: 936, lcid: 0x0804 },
  korean_wansung: { locale: 'ko', codePage: 949, lcid: 0x0412 },
};

const NAME = /^(.+?)(?:_(80|90|100|140|160))?_(BIN2?|(?:(CI|CS)_(AS|AI))((?:_KS|_WS|_SC|_VSS)*))(_UTF8)?$/i;

/** The parts of a collation's name. */
export interface CollationParts {
  readonly language: CollationLanguage;
  readonly version: number;
  readonly binary: 'BIN' | 'BIN2' | undefined;
  readonly caseSensitive: boolean;
  readonly accentSensitive: boolean;
  readonly otherSensitivity: boolean;
  readonly utf8: boolean;
}

/** Undefined when there is no such collation. */
export function collationParts(name: string): CollationParts | undefined {
  const m = NAME.exec(name);
  const language = LANGUAGES[m?.[1]?.toLowerCase() ?? ''];
  if (!m || !language) return undefined;
  const binary = m[4] === undefined ? (m[3]!.toUpperCase() as 'BIN' | 'BIN2') : undefined;
  return {
    language,
    version: Number(m[2] ?? 80),
    binary,
    caseSensitive: binary !== undefined || m[4]?.toUpperCase() === 'CS',
    accentSensitive: binary !== undefined || m[5]?.toUpperCase() === 'AS',
    otherSensitivity: /_(KS|WS|VSS)/i.test(m[6] ?? ''),
    utf8: m[7] !== undefined,
  };
}
