/** Red, green and blue, 0 to 255. */
type Rgb = readonly [number, number, number];

/** WCAG 2.2 §1.4.3: the least contrast of text. */
export const MIN_CONTRAST = 4.5;

const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];

/** Black or white, whichever can be read better on this colour; one of them always has at least 4.58 : 1. */
export function inkOn(color: string): string {
  return contrast(color, '#000000') >= contrast(color, '#ffffff') ? '#000000' : '#ffffff';
}

/** The colour itself where it can be read on the ground, else the nearest darker (or lighter) one that can. */
export function readableOn(color: string, ground: string): string {
  const target = inkOn(ground) === '#000000' ? BLACK : WHITE;
  const start = parse(color);
  for (let step = 0; step <= 100; step++) {
    const mixed = format(start.map((part, index) => part + ((target[index] ?? 0) - part) * (step / 100)) as never);
    if (contrast(mixed, ground) >= MIN_CONTRAST) return mixed;
  }
  return format(target);
}

/** WCAG 2.2, "contrast ratio". Colours are `#rrggbb`. */
export function contrast(a: string, b: string): number {
  const [lighter = 0, darker = 0] = [luminance(parse(a)), luminance(parse(b))].sort((x, y) => y - x);
  return (lighter + 0.05) / (darker + 0.05);
}

/** WCAG 2.2, "relative luminance". */
function luminance(color: Rgb): number {
  const [red = 0, green = 0, blue = 0] = color.map(part => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function parse(color: string): Rgb {
  const number = parseInt(color.slice(1), 16);
  return [(number >> 16) & 255, (number >> 8) & 255, number & 255];
}

function format(color: Rgb): string {
  return `#${color.map(part => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}
