/** The numbers of the cell formats in `STYLES_XML`. */
export const STYLE = {
  general: 0,
  header: 1,
  date: 2,
  datetime: 3,
  datetimeMs: 4,
  time: 5,
  timeMs: 6,
  text: 7,
  quoted: 8,
};

const FORMATS = [
  'yyyy\\-mm\\-dd',
  'yyyy\\-mm\\-dd hh:mm:ss',
  'yyyy\\-mm\\-dd hh:mm:ss.000',
  'hh:mm:ss',
  'hh:mm:ss.000',
];
const FIRST_OWN = 164;

const xf = (format: number, more = ''): string =>
  `<xf numFmtId="${format}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"${more}/>`;

/**
 * Texts have the format `@`, so that Excel doesn't take them for numbers when somebody edits the cell. Texts that look
 * like formulas also have the apostrophe that Excel itself would set (`quotePrefix`).
 */
export const STYLES_XML = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="${FORMATS.length}">${FORMATS.map(
  (code, i) => `<numFmt numFmtId="${FIRST_OWN + i}" formatCode="${code}"/>`,
).join(
  '',
)}</numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="9">${[
  xf(0),
  '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>',
  ...FORMATS.map((_code, i) => xf(FIRST_OWN + i)),
  xf(49),
  xf(49, ' quotePrefix="1"'),
].join('')}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`;
