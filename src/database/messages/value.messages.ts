import type { MessageGroup } from './server-message.js';

/** Messages about values: conversion, arithmetic, documents, and the constraints that a row has to satisfy. */
export const VALUE_MESSAGES: readonly MessageGroup[] = [
  {
    subject: 'conversion',
    disclosure: 'catalog',
    messages: {
      210: 'Conversion failed when converting datetime from binary string.',
      235: 'Cannot convert a char value to money.',
      289: 'Cannot construct data type %, some of the arguments are not valid.',
      517: "Adding a value to a '%' column caused an overflow.",
      535: 'The datediff function resulted in an overflow.',
      536: 'Invalid length parameter passed to the % function.',
      537: 'Invalid length parameter passed to LEFT or SUBSTRING.',
      8114: {
        text: 'Error converting data type % to %.',
        hint: 'Use TRY_CONVERT or TRY_CAST for values that may not be convertible.',
      },
      8115: {
        text: 'Arithmetic overflow error converting % to data type %.',
        hint: 'Convert to a wider type first, e.g. CAST(x AS bigint) or decimal(38,4).',
      },
      8134: { text: 'Divide by zero error encountered.', hint: 'Divide by NULLIF(x, 0).' },
      2207: 'XQuery: only non-document nodes can be inserted.',
      2209: "XQuery: syntax error near '%'.",
      2225: 'XQuery: a string literal was expected.',
      6819: 'FOR XML is not allowed in a % statement.',
      6825: 'ELEMENTS is only allowed in RAW, AUTO and PATH modes of FOR XML.',
      6829: 'FOR XML EXPLICIT and RAW do not support addressing binary data as URLs.',
      6833: 'Parent tag ID % is not among the open tags.',
      6852: "Attribute-centric column '%' must not come after a non-attribute-centric sibling.",
      6864: 'Row tag omission cannot be used with attribute-centric FOR XML.',
      9402: 'XML parsing: line %, character %, unable to switch the encoding.',
      9403: 'XML parsing: line %, character %, unrecognized input signature.',
      9441: 'XML parsing: line %, character %, incorrect xml declaration syntax.',
      13600: 'FOR JSON AUTO requires at least one table.',
      13601: "Property '%' conflicts with another column name or alias.",
      13603: "Property '%' has an invalid character in the column name or alias.",
      13605: 'Unnamed columns cannot be formatted as JSON text.',
      13606: 'JSON text has too many nesting levels.',
      13608: 'Property cannot be found on the specified JSON path.',
      13610: 'The argument % of "%" must be a string literal.',
      13611: 'Value referenced by JSON path is not an array or object.',
      13612: 'A string value in the JSON text is not Base64 encoded.',
      13613: 'Binary data of a Base64 encoded string would be truncated.',
      13614: 'text, ntext, sql_variant and image cannot be column types of OPENJSON.',
      13617: 'Table types cannot be column types of OPENJSON.',
      13620: 'ROOT and WITHOUT_ARRAY_WRAPPER cannot be used together.',
      13621: 'Array cannot be found in the specified JSON path.',
    },
  },
  {
    subject: 'conversion',
    disclosure: 'value',
    messages: {
      241: {
        text: 'Conversion failed when converting date and/or time from character string.',
        ownWords: 'Conversion failed when converting date and/or time from character string.',
        hint: 'Use TRY_CONVERT(date, …, 126), and write dates as yyyy-mm-dd.',
      },
      242: {
        text: 'The conversion of % to % resulted in an out-of-range value.',
        ownWords: 'A value is out of range for the date type that it is converted to.',
      },
      245: {
        text: "Conversion failed when converting the % value '%' to data type %.",
        ownWords: 'Conversion failed: a value cannot be converted to the requested type.',
        hint: 'Use TRY_CONVERT or TRY_CAST for values that may not be convertible.',
      },
      248: {
        text: "The conversion of the % value '%' overflowed an int column.",
        ownWords: 'Conversion failed: a value cannot be converted to the requested type.',
      },
      2628: {
        text: "String or binary data would be truncated in table '%', column '%'. Truncated value: '%'.",
        ownWords: 'A text or binary value is too long for its column.',
      },
      8152: {
        text: 'String or binary data would be truncated.',
        ownWords: 'A text or binary value is too long for its column.',
      },
      8169: {
        text: 'Conversion failed when converting from a character string to uniqueidentifier.',
        ownWords: 'Conversion failed when converting from a character string to uniqueidentifier.',
      },
    },
  },
  {
    subject: 'constraint',
    disclosure: 'catalog',
    messages: {
      515: "Cannot insert the value NULL into column '%', table '%'.",
      544: "Explicit value for identity column in table '%' with IDENTITY_INSERT OFF.",
      545: "Explicit value must be specified for identity column in table '%'.",
      547: 'The % statement conflicted with the % constraint "%".',
      8101: "Explicit value for the identity column in table '%' without a column list.",
      8102: "Cannot update identity column '%'.",
      8106: "Table '%' does not have the identity property.",
      8107: "IDENTITY_INSERT is already ON for table '%'.",
    },
  },
  {
    subject: 'constraint',
    disclosure: 'value',
    messages: {
      2601: {
        text: "Cannot insert duplicate key row in object '%' with unique index '%'. The duplicate key value is %.",
        ownWords: 'A row with this value already exists in a unique index or key.',
      },
      2627: {
        text: "Violation of % constraint '%'. The duplicate key value is %.",
        ownWords: 'A row with this value already exists in a unique index or key.',
      },
    },
  },
  {
    subject: 'constraint',
    disclosure: 'author',
    messages: {
      50000: {
        text: 'The text of RAISERROR or THROW.',
        ownWords:
          'The database raised an error of its own. Its text is withheld: a setting of the server withholds such texts, or the engine is not SQL Server.',
      },
    },
  },
  {
    subject: 'argument',
    disclosure: 'value',
    messages: {
      18054: {
        text: 'Error %, severity %, state % was raised, but no message with that error number was found in sys.messages.',
        ownWords: 'RAISERROR was called with the number of a message that sys.messages does not have.',
        hint: "Write the text itself: RAISERROR(N'…', 16, 1), or THROW 50001, N'…', 1.",
      },
    },
  },
];
