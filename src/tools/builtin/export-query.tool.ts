import { Inject } from '@nestjs/common';
import { z } from 'zod';
import { AppError } from '../../common/app-error.js';
import { typedParameters } from '../../database/driver/parameters.js';
import { StatementPolicy } from '../../database/policy/statement-policy.js';
import type { QueryParameters } from '../../database/query/query.service.js';
import { EXPORT_TARGET, type ExportDelivery, type ExportTarget } from '../../export/export-target.js';
import { FILE_FORMATS } from '../../export/file-format.js';
import { fileNameOf } from '../../export/file-name.js';
import { ProtectedColumns } from '../../export/protected-columns.js';
import { VerifiedQueries } from '../knowledge/verified-queries.js';
import { objectWithOneOf } from '../results/one-of.js';
import { Tool } from '../tool.decorator.js';
import { type InputOf, type ToolCall, type ToolHandler } from '../tool.js';
import { readInput } from './sql-input.js';

const { query, parameters } = readInput.shape;

const plainInput = z.strictObject({
  query,
  parameters,
  format: z.enum(FILE_FORMATS),
  file_name: z.string().max(200).optional(),
  bom: z.boolean().default(false).describe('csv: a byte order mark, for Excel'),
  raw: z.boolean().default(false).describe("csv: don't escape formula-like texts"),
});

const input = z.strictObject({
  query: query.optional(),
  name: z.string().min(1).max(64).optional().describe('of a verified query, instead of query'),
  ...plainInput.omit({ query: true }).shape,
});

const about = { file_name: z.string(), format: z.string() };
const output = objectWithOneOf<ExportDelivery>([
  z.strictObject({ url: z.string(), ...about, expires_at: z.string() }),
  z.strictObject({ path: z.string(), ...about, rows: z.int(), bytes: z.int(), sha256: z.string() }),
]);

interface NamedStatement {
  readonly query: string;
  readonly parameters: QueryParameters;
  readonly definition?: string;
  readonly basis?: string;
}

@Tool({
  name: 'export_query',
  title: 'Export a whole result',
  description:
    'Gives the person the whole result of one SELECT as a file. Show them the url: they (nobody else, once, within 15 minutes) download it there, and the query runs only then, so try it with execute_sql first. Over stdio the file is written at once, and the answer has its path.',
  scope: 'sql:export',
  readOnly: true,
  idempotent: false,
  openWorld: false,
  input,
  output,
  auditedStatement: given => given.query,
  auditedTarget: given => given.name,
  forTenant: ({ config }) => {
    if (!config.exports) return 'hidden';
    return config.knowledge === undefined ? { input: plainInput } : {};
  },
})
export class ExportQueryTool implements ToolHandler<typeof input, typeof output> {
  constructor(
    private readonly policy: StatementPolicy,
    private readonly verified: VerifiedQueries,
    @Inject(EXPORT_TARGET) private readonly target: ExportTarget,
  ) {}

  /** Whatever can be known to fail is refused now, because the model can still correct it. */
  async execute(given: InputOf<typeof input>, call: ToolCall): Promise<ExportDelivery> {
    const { format, file_name, bom, raw } = given;
    const { query: statement, parameters, definition, basis } = this.statementOf(given, call);
    this.policy.admitRead(statement, call);
    typedParameters(parameters);
    new ProtectedColumns(call.tenant.config.protectedColumns, statement);
    const fileName = fileNameOf(file_name, format);
    return this.target.deliver({ statement, parameters, definition, basis, format, fileName, bom, raw }, call);
  }

  private statementOf({ query, name, parameters = {} }: InputOf<typeof input>, call: ToolCall): NamedStatement {
    if (query !== undefined && name === undefined) return { query, parameters };
    if (name === undefined || query !== undefined) {
      throw new AppError('INVALID_ARGUMENT', 'Give either query, a SELECT, or name, that of a verified query.', {
        details: { parameter: 'query' },
      });
    }
    const { definition, ...statement } = this.verified.statementOf(name, parameters, call);
    return {
      query: statement.query,
      parameters: statement.parameters,
      definition: definition.name,
      basis: statement.basis,
    };
  }
}
