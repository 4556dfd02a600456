import type { FileFormat } from './file-format.js';

const MAX_LENGTH = 100;
/** Names of devices, which Windows reserves with any extension. */
const DEVICES = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i;
/** Separators of paths, characters that Windows forbids, controls, and invisible characters that can turn a name around. */
const FORBIDDEN = /[\\/:*?"<>|\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu;

/**
 * The name of the file on the person's machine. The model chooses it, so what a file system or a header would
 * misread becomes `_`, and the extension is always that of the format. At most 100 characters.
 */
export function fileNameOf(wanted: string | undefined, format: FileFormat): string {
  const extension = `.${format}`;
  const plain = (wanted ?? '').normalize('NFC').replace(FORBIDDEN, '_');
  const stem = plain.toLowerCase().endsWith(extension) ? plain.slice(0, -extension.length) : plain;
  const trimmed = [...stem]
    .slice(0, MAX_LENGTH)
    .join('')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  return `${trimmed === '' || DEVICES.test(trimmed) ? 'export' : trimmed}${extension}`;
}
