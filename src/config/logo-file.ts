import { readFileSync, statSync } from 'node:fs';
import { reasonOf } from './environment.js';
import { rule } from './validation/setting.decorators.js';

/** Every page loads the logo, over mobile networks too. */
export const MAX_LOGO_BYTES = 256 * 1024;

export interface Logo {
  readonly bytes: Buffer;
  readonly mimeType: string;
  readonly extension: string;
}

/**
 * The first bytes decide, not the name of the file. SVG is left out, because it can hold scripts: PNG specification 5.2,
 * JPEG (ITU-T T.81 B.1.1.3), WebP (RFC 9649 §2.4).
 */
const FORMATS: readonly (Omit<Logo, 'bytes'> & { readonly matches: (head: string) => boolean })[] = [
  { mimeType: 'image/png', extension: 'png', matches: head => head.startsWith('\x89PNG\r\n\x1a\n') },
  { mimeType: 'image/jpeg', extension: 'jpg', matches: head => head.startsWith('\xff\xd8\xff') },
  { mimeType: 'image/webp', extension: 'webp', matches: head => /^RIFF[^]{4}WEBP/.test(head) },
];

export const LOGO_EXTENSIONS = FORMATS.map(({ extension }) => extension);

/** The logo in this file, or what is wrong with the file, as the end of a sentence that begins with the setting. */
export function readLogo(path: string): Logo | string {
  try {
    if (statSync(path).size > MAX_LOGO_BYTES) return 'names a file that is larger than 256 KB';
    const bytes = readFileSync(path);
    const format = FORMATS.find(({ matches }) => matches(bytes.toString('latin1', 0, 16)));
    if (format === undefined) return 'must name a PNG, JPEG or WebP image. Convert an SVG to one of these formats';
    return { bytes, mimeType: format.mimeType, extension: format.extension };
  } catch (error) {
    return `names a file that cannot be read (${reasonOf(error)})`;
  }
}

/** The path of an image that `readLogo` accepts. */
export function IsLogoFile(): PropertyDecorator {
  const faultOf = (value: unknown) => {
    if (typeof value !== 'string' || value === '') return 'must be the path of an image file';
    const read = readLogo(value);
    return typeof read === 'string' ? read : undefined;
  };
  return rule(
    'isLogoFile',
    value => faultOf(value) === undefined,
    ({ value }) => faultOf(value) ?? '',
  );
}
