import { randomBytes } from 'node:crypto';
import { constants, copyFile, link, open, unlink } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../common/app-error.js';
import { logger } from '../common/log.js';
import type { CallContext } from '../database/call-context.js';
import type { QueryService } from '../database/query/query.service.js';
import type { ExportEvents } from './export-events.js';
import type { ExportOrder } from './export-order.js';
import type { ExportSlots } from './export-slots.js';
import type { ExportDelivery, ExportTarget } from './export-target.js';
import { FileOutput } from './file-output.js';
import type { ExportedFile, FileRun } from './file-run.js';
import { makeRun } from './make-run.js';

const log = logger('export');
const MAX_NAMES = 1_000;

export interface DirectoryParts {
  readonly queries: QueryService;
  readonly events: ExportEvents;
  readonly slots: ExportSlots;
}

/**
 * Writes files into one directory of this machine, for stdio, where the person and the server share it. It only makes
 * files: an existing one is never opened or replaced. The name has no path, and a file has its name once it is whole.
 */
export class DirectoryTarget implements ExportTarget {
  private readonly directory: string;

  constructor(
    directory: string,
    private readonly parts: DirectoryParts,
  ) {
    this.directory = path.resolve(directory);
  }

  async deliver(order: ExportOrder, call: CallContext): Promise<ExportDelivery> {
    const { tenant, principal, requestId } = call;
    const { events, slots } = this.parts;
    const { subject, client } = principal;
    const audited = { ...order, id: randomBytes(16).toString('hex'), subject, client };
    const giveBack = slots.take(tenant, subject);
    const started = performance.now();
    try {
      await events.begun(tenant, audited, { request_id: requestId });
      const progress: { run?: FileRun } = {};
      const seconds = (): number => (performance.now() - started) / 1000;
      try {
        const { file, name } = await this.write(order, call, progress);
        events.ended(tenant, audited, requestId, { outcome: 'ok', ...file, seconds: seconds() });
        return { path: path.join(this.directory, name), file_name: name, format: order.format, ...file };
      } catch (error) {
        const code = error instanceof AppError ? error.code : 'INTERNAL';
        const outcome = code === 'CANCELLED' ? 'cancelled' : 'error';
        const { rows = 0, output } = progress.run ?? {};
        const ending = { outcome, error: code, rows, bytes: output?.bytes ?? 0, seconds: seconds() } as const;
        events.ended(tenant, audited, requestId, ending);
        throw error;
      }
    } finally {
      giveBack();
    }
  }

  private async write(
    order: ExportOrder,
    call: CallContext,
    progress: { run?: FileRun },
  ): Promise<{ file: ExportedFile; name: string }> {
    const part = path.join(this.directory, `.${randomBytes(9).toString('hex')}.part`);
    const file = await open(part, 'wx', 0o600).catch((error: unknown) => {
      throw unwritable(error);
    });
    const stream = file.createWriteStream();
    try {
      const output = new FileOutput(stream, { maxBytes: call.tenant.config.limits.exportMaxBytes });
      const run = makeRun(order, call, output);
      progress.run = run;
      const written = await run.run(this.parts.queries);
      return { file: written, name: await this.named(part, order.fileName) };
    } catch (error) {
      throw stream.errored === null ? error : unwritable(stream.errored);
    } finally {
      stream.destroy();
      await unlink(part).catch(() => {});
    }
  }

  /** Gives the whole file its name, or the next one that is free. */
  private async named(part: string, wanted: string): Promise<string> {
    const { name: stem, ext } = path.parse(wanted);
    for (let count = 1; count <= MAX_NAMES; count++) {
      const name = count === 1 ? wanted : `${stem}-${count}${ext}`;
      try {
        await place(part, path.join(this.directory, name));
        return name;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unwritable(error);
      }
    }
    throw new AppError('INVALID_ARGUMENT', `There are ${MAX_NAMES} files named ${JSON.stringify(wanted)} already.`, {
      hint: 'Choose another file_name.',
    });
  }
}

/** Both ways fail with EEXIST where the name exists; `rename` would replace that file. Some file systems have no links. */
async function place(part: string, name: string): Promise<void> {
  try {
    await link(part, name);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP'].includes(code)) throw error;
    await copyFile(part, name, constants.COPYFILE_EXCL);
  }
}

function unwritable(error: unknown): AppError {
  log.error({ err: error }, 'a file could not be written into the export directory');
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  return new AppError('UNAVAILABLE', `The export directory cannot be written (${code}).`, {
    hint: 'The person who set it has to make it writable, or free some space.',
    cause: error,
  });
}
