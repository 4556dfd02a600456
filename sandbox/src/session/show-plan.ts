import type { ResultColumn } from '../engine/contracts.ts';
import { toDisplayString } from '../engine/convert.ts';
import type { PlanNode } from '../engine/query/plan-node.ts';
import { notSupported, SqlError } from '../engine/sql-error.ts';
import { isString, NVARCHAR_MAX } from '../engine/types.ts';
import { escapeAttribute as attribute } from '../engine/xml-text.ts';
import type * as ast from '../parser/ast.ts';
import { queryPlan } from './compile.ts';
import { compiling } from './errors.ts';
import type { Frame } from './frame.ts';
import type { SessionState } from './session-state.ts';
import { declareVariables } from './variables.ts';

const COLUMN: ResultColumn = { name: 'Microsoft SQL Server 2005 XML Showplan', type: NVARCHAR_MAX, nullable: true };
const NAMESPACE = 'http://schemas.microsoft.com/sqlserver/2004/07/showplan';
const READ_COST = 0.003125;
const ROW_COST = 0.0001581;

/** SET SHOWPLAN_XML ON: the plans of the batch's queries in one document; nothing runs (learn.microsoft.com). */
export function explainBatch(session: SessionState, frame: Frame, statements: readonly ast.Statement[]): void {
  requireShowPlan(session);
  const plans = statements.flatMap((statement, i) => {
    if (statement.kind === 'declare') {
      declareVariables(session, frame, withoutValues(statement)).next();
      return [];
    }
    if (statement.kind !== 'select statement') throw notSupported(`the plan of this statement (${statement.kind})`);
    const root = queryPlan(session, frame, statement.query).plan();
    return [statementXml(frame.text.slice(statement.start, statement.end), i + 1, root, '')];
  });
  sendPlan(session, frame, documentOf(plans.join('')));
}

/** SET STATISTICS XML ON: the plan of a query that has run, with what its operators did. */
export function sendStatistics(session: SessionState, frame: Frame, text: string, plan: PlanNode, rows: number): void {
  const root = { ...plan, actual: plan.actual ?? { rows, executions: 1 } };
  sendPlan(session, frame, documentOf(statementXml(text, 1, root, parameterList(frame))));
}

/** The plan of one query, as the plan cache and Query Store have it. */
export function planDocument(text: string, plan: PlanNode): string {
  return documentOf(statementXml(text, 1, plan, ''));
}

/** The statement would not be executed, and a server sends no result before it: the error stands in its place. */
export function requireShowPlan(session: SessionState): void {
  if (session.security.has('SHOWPLAN')) return;
  throw new SqlError(262, `SHOWPLAN permission denied in database '${session.database.name}'.`, 14, 4);
}

/** Error 1067: a SET that shows plans stands alone in its batch. */
export function checkAlone(statements: readonly ast.Statement[]): void {
  const shows = (statement: ast.Statement): boolean =>
    statement.kind === 'set switch' && statement.options.includes('SHOWPLAN_XML');
  if (statements.length < 2 || !statements.some(shows)) return;
  throw compiling(() => {
    throw new SqlError(1067, 'The SET SHOWPLAN statements must be the only statements in the batch.', 15);
  });
}

const withoutValues = (statement: ast.Declare): ast.Declare => ({
  ...statement,
  variables: statement.variables.map(variable =>
    variable.kind === 'scalar' ? { ...variable, value: undefined } : variable,
  ),
});

function sendPlan(session: SessionState, { sink }: Frame, xml: string): void {
  sink.columns([COLUMN]);
  sink.row([xml]);
  sink.done(session.options.isOn('NOCOUNT') ? null : 1, { kind: 'select' });
}

function documentOf(statements: string): string {
  return `<ShowPlanXML xmlns="${NAMESPACE}" Version="1.564" Build="16.0.1000.6"><BatchSequence><Batch><Statements>${statements}</Statements></Batch></BatchSequence></ShowPlanXML>`;
}

function statementXml(text: string, id: number, root: PlanNode, parameters: string): string {
  const attributes = `StatementCompId="${id}" StatementEstRows="${root.rows}" StatementId="${id}" StatementOptmLevel="FULL" StatementSubTreeCost="${costOf(root)}" StatementText="${attribute(text)}" StatementType="SELECT"`;
  const number = { last: -1 };
  return `<StmtSimple ${attributes}><QueryPlan DegreeOfParallelism="1" CachedPlanSize="16">${operatorXml(root, number)}${parameters}</QueryPlan></StmtSimple>`;
}

function operatorXml(node: PlanNode, number: { last: number }): string {
  const id = ++number.last;
  const estimate = `AvgRowSize="11" EstimateCPU="${node.rows * 1e-6}" EstimateIO="0" EstimateRebinds="0" EstimateRewinds="0" EstimatedExecutionMode="Row" EstimateRows="${node.rows}"`;
  const cardinality = node.object ? ` TableCardinality="${node.object.rowCount}"` : '';
  const attributes = `${estimate} LogicalOp="${node.logical}" NodeId="${id}" Parallel="false" PhysicalOp="${node.physical}" EstimatedTotalSubtreeCost="${costOf(node)}"${cardinality}`;
  return `<RelOp ${attributes}><OutputList />${actualXml(node)}${detailsXml(node, number)}</RelOp>`;
}

function actualXml({ actual }: PlanNode): string {
  if (!actual) return '';
  const { rows, executions } = actual;
  return `<RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="${rows}" ActualEndOfScans="${executions}" ActualExecutions="${executions}" /></RunTimeInformation>`;
}

/** Other operators than those that read a table have no details here, which the schema calls Generic. */
function detailsXml({ object, children }: PlanNode, number: { last: number }): string {
  if (!object) return `<Generic>${children.map(child => operatorXml(child, number)).join('')}</Generic>`;
  const { schema, table, index } = object;
  const name = (part: string): string => attribute(`[${part.replaceAll(']', ']]')}]`);
  const kind = index
    ? ` Index="${name(index.name)}" IndexKind="${index.clustered ? 'Clustered' : 'NonClustered'}"`
    : ' IndexKind="Heap"';
  const scan = index ? 'IndexScan' : 'TableScan';
  return `<${scan} Ordered="false"><DefinedValues /><Object Schema="${name(schema)}" Table="${name(table)}"${kind} Storage="RowStore" /></${scan}>`;
}

function costOf({ object, rows, children }: PlanNode): number {
  return children.reduce((sum, child) => sum + costOf(child), (object ? READ_COST : 0) + rows * ROW_COST);
}

/** The parameters of sp_executesql, with the values that the plan was compiled for and ran with. */
function parameterList({ kind, variables }: Frame): string {
  if (kind !== 'dynamic' || variables.size === 0) return '';
  const columns = [...variables.values()].map(({ name, type, value }) => {
    const text = value === null ? 'NULL' : toDisplayString(value, type);
    const shown = attribute(value === null ? text : isString(type) ? `N'${text}'` : `(${text})`);
    return `<ColumnReference Column="${attribute(name)}" ParameterDataType="${attribute(type.name)}" ParameterCompiledValue="${shown}" ParameterRuntimeValue="${shown}" />`;
  });
  return `<ParameterList>${columns.join('')}</ParameterList>`;
}
