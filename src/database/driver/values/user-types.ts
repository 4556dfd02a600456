import { hierarchyidText } from './hierarchyid.js';
import { spatialText } from './spatial.js';

/** The text of a CLR type of SQL Server's own; undefined when the type or its bytes are not understood. */
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
    // Reading past the end: not a value in the published format.
    if ((error as { name?: unknown }).name === 'RangeError') return undefined;
    throw error;
  }
}
