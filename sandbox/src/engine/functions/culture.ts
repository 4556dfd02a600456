import { SqlError, notSupported } from '../sql-error.ts';

/** A culture for .NET formatting. Names and separators come from Intl, the patterns from .NET's tables. */
export interface Culture {
  readonly name: string;
  readonly decimal: string;
  readonly group: string;
  readonly currency: string;
  /** `n` stands for the number, `$` for the currency symbol (.NET CurrencyPositivePattern, CurrencyNegativePattern). */
  readonly currencyPattern: readonly [positive: string, negative: string];
  readonly percentPattern: string;
  readonly months: readonly string[];
  readonly shortMonths: readonly string[];
  /** The first is Sunday. */
  readonly weekdays: readonly string[];
  readonly shortWeekdays: readonly string[];
  readonly shortDate: string;
  readonly longDate: string;
  readonly shortTime: string;
  readonly longTime: string;
  readonly monthDay: string;
  readonly yearMonth: string;
  readonly dateSeparator: string;
  readonly dayPeriods: readonly [am: string, pm: string];
}

type Patterns = readonly [
  symbol: string,
  positive: string,
  negative: string,
  percent: string,
  shortDate: string,
  longDate: string,
  shortTime: string,
  longTime: string,
  monthDay: string,
  yearMonth: string,
];

const PATTERNS: Readonly<Record<string, Patterns>> = {
  'en-us': ['$', '$n', '($n)', 'n%', 'M/d/yyyy', 'dddd, MMMM d, yyyy', 'h:mm tt', 'h:mm:ss tt', 'MMMM d', 'MMMM yyyy'],
  'en-gb': ['£', '$n', '-$n', 'n%', 'dd/MM/yyyy', 'dd MMMM yyyy', 'HH:mm', 'HH:mm:ss', 'd MMMM', 'MMMM yyyy'],
  'en-au': ['$', '$n', '-$n', 'n%', 'd/MM/yyyy', 'dddd, d MMMM yyyy', 'h:mm tt', 'h:mm:ss tt', 'd MMMM', 'MMMM yyyy'],
  'en-ca': ['$', '$n', '-$n', 'n%', 'yyyy-MM-dd', 'MMMM d, yyyy', 'h:mm tt', 'h:mm:ss tt', 'MMMM d', 'MMMM yyyy'],
  'de-de': ['€', 'n $', '-n $', 'n %', 'dd.MM.yyyy', 'dddd, d. MMMM yyyy', 'HH:mm', 'HH:mm:ss', 'd. MMMM', 'MMMM yyyy'],
  'fr-fr': ['€', 'n $', '-n $', 'n %', 'dd/MM/yyyy', 'dddd d MMMM yyyy', 'HH:mm', 'HH:mm:ss', 'd MMMM', 'MMMM yyyy'],
  'es-es': [
    '€',
    'n $',
    '-n $',
    'n %',
    'dd/MM/yyyy',
    "dddd, d 'de' MMMM 'de' yyyy",
    'H:mm',
    'H:mm:ss',
    "d 'de' MMMM",
    "MMMM 'de' yyyy",
  ],
  'it-it': ['€', 'n $', '-n $', 'n%', 'dd/MM/yyyy', 'dddd d MMMM yyyy', 'HH:mm', 'HH:mm:ss', 'd MMMM', 'MMMM yyyy'],
  'nl-nl': ['€', '$ n', '$ -n', 'n%', 'd-M-yyyy', 'dddd d MMMM yyyy', 'HH:mm', 'HH:mm:ss', 'd MMMM', 'MMMM yyyy'],
  'pt-br': [
    'R$',
    '$ n',
    '-$ n',
    'n%',
    'dd/MM/yyyy',
    "dddd, d 'de' MMMM 'de' yyyy",
    'HH:mm',
    'HH:mm:ss',
    "d 'de' MMMM",
    "MMMM 'de' yyyy",
  ],
  'sv-se': [
    'kr',
    'n $',
    '-n $',
    'n %',
    'yyyy-MM-dd',
    "'den 'd MMMM yyyy",
    'HH:mm',
    'HH:mm:ss',
    "'den 'd MMMM",
    'MMMM yyyy',
  ],
  'da-dk': ['kr.', 'n $', '-n $', 'n %', 'dd-MM-yyyy', 'd. MMMM yyyy', 'HH:mm', 'HH:mm:ss', 'd. MMMM', 'MMMM yyyy'],
  'ja-jp': [
    '¥',
    '$n',
    '-$n',
    'n%',
    'yyyy/MM/dd',
    "yyyy'年'M'月'd'日'",
    'H:mm',
    'H:mm:ss',
    "M'月'd'日'",
    "yyyy'年'M'月'",
  ],
  'zh-cn': ['¥', '$n', '-$n', 'n%', 'yyyy/M/d', "yyyy'年'M'月'd'日'", 'H:mm', 'H:mm:ss', "M'月'd'日'", "yyyy'年'M'月'"],
};

const INVARIANT: Patterns = [
  '¤',
  '$n',
  '($n)',
  'n %',
  'MM/dd/yyyy',
  'dddd, dd MMMM yyyy',
  'HH:mm',
  'HH:mm:ss',
  'MMMM dd',
  'yyyy MMMM',
];

function build(name: string, p: Patterns): Culture {
  const locale = name === '' ? 'en-US' : name;
  const names = (style: 'long' | 'short', unit: 'month' | 'weekday', count: number): string[] => {
    const format = new Intl.DateTimeFormat(locale, { [unit]: style, timeZone: 'UTC' });
    // 2023-01-01 was a Sunday.
    return Array.from({ length: count }, (_, i) =>
      format.format(Date.UTC(2023, unit === 'month' ? i : 0, unit === 'month' ? 1 : 1 + i)),
    );
  };
  const parts = new Intl.NumberFormat(locale, { useGrouping: 'always' as never }).formatToParts(1234567.5);
  const part = (type: string, otherwise: string): string => parts.find(x => x.type === type)?.value ?? otherwise;
  const periods = (hour: number): string =>
    new Intl.DateTimeFormat(locale, { hour: 'numeric', hour12: true, timeZone: 'UTC' })
      .formatToParts(Date.UTC(2023, 0, 1, hour))
      .find(x => x.type === 'dayPeriod')?.value ?? '';
  const [currency, positive, negative, percentPattern, shortDate, longDate, shortTime, longTime, monthDay, yearMonth] =
    p;
  const english = /^(en|$)/i.test(name);
  return {
    name,
    currency,
    currencyPattern: [positive, negative],
    percentPattern,
    shortDate,
    longDate,
    shortTime,
    longTime,
    monthDay,
    yearMonth,
    decimal: part('decimal', '.'),
    group: part('group', ',').replace('\u202f', '\u00a0'),
    months: names('long', 'month', 12),
    shortMonths: names('short', 'month', 12),
    weekdays: names('long', 'weekday', 7),
    shortWeekdays: names('short', 'weekday', 7),
    dateSeparator: /[-./]/.exec(shortDate)?.[0] ?? '/',
    dayPeriods: english ? ['AM', 'PM'] : [periods(9), periods(21)],
  };
}

const cache = new Map<string, Culture>();

/** Finds a culture by name; throws 9818 for an unknown one. */
export function cultureOf(name: string): Culture {
  const id = name.toLowerCase();
  const found = cache.get(id);
  if (found) return found;
  const patterns =
    id === '' || id === 'iv'
      ? INVARIANT
      : PATTERNS[id === 'en' ? 'en-us' : id === 'de' ? 'de-de' : id === 'fr' ? 'fr-fr' : id];
  if (!patterns) {
    let known: string[];
    try {
      known = /^[a-z]{2,3}(-[a-z]{4})?(-[a-z]{2}|-\d{3})?$/i.test(name)
        ? Intl.DateTimeFormat.supportedLocalesOf([name])
        : [];
    } catch {
      known = [];
    }
    if (known.length > 0) throw notSupported(`the culture ${name} in FORMAT and PARSE`);
    throw new SqlError(9818, `The culture parameter '${name}' provided in the function call is not supported.`);
  }
  const culture = build(id === 'iv' ? '' : name, patterns);
  cache.set(id, culture);
  return culture;
}
