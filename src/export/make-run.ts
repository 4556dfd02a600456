import type { CallContext } from '../database/call-context.js';
import type { ExportOrder } from './export-order.js';
import { ExportRun } from './export-run.js';
import type { FileOutput } from './file-output.js';
import type { FileRun } from './file-run.js';
import { SubjectRun } from './subject/subject-run.js';

export function makeRun(order: ExportOrder, call: CallContext, output: FileOutput): FileRun {
  return order.dataSubject === undefined ? new ExportRun(order, call, output) : new SubjectRun(order, call, output);
}
