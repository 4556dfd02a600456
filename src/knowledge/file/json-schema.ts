import { z } from 'zod';
import { knowledge } from './definitions.js';

/**
 * The JSON Schema of the knowledge file (draft 2020-12), as text, for editors: config/knowledge.schema.json. It is made of
 * the schema that the server reads with. What JSON Schema can't say, such as whether an expression is one, only the server
 * and `mssql-mcp knowledge check` find.
 */
export function editorSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(knowledge, { io: 'input' });
  const document = { $schema, title: 'Knowledge file of the MSSQL MCP server', ...schema };
  return `${JSON.stringify(document, null, 2)}\n`;
}
