import { hierarchyidText } from './hierarchyid.js';
import { spatialText } from './spatial.js';

/** The text of a value of a built-in CLR type; undefined when the type or its bytes are unknown. */
export function userTypeText(typeName: string, bytes: Buffer): string | undefined {
  try {
    switch (typeName.toLowerCase()) {
      case 'hierarchyid':
        return hierarchyidText(bytes);
      case 'geography':
        return spatialText(bytes, true);
      case 'geometry':
        return spatialText(bytes, false);
      default:
        return undefined;
    }
  } catch (error) {
    // The reader went past the end: the value is not in the published format.
    if ((error as { name?: unknown }).name === 'RangeError') return undefined;
    throw error;
  }
}
