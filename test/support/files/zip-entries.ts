import { type Entry, fromBuffer, fromFd, type ZipFile } from 'yauzl';
import { buffer } from 'node:stream/consumers';

/** The entries of a ZIP file, read by yauzl from its directory. */
export function entriesOf(file: Buffer): Promise<ReadonlyMap<string, Buffer>> {
  return read(done => fromBuffer(file, { lazyEntries: true }, done));
}

/** Of a ZIP file that may be larger than memory; closes the descriptor. */
export function entriesOfFile(descriptor: number): Promise<ReadonlyMap<string, Buffer>> {
  return read(done => fromFd(descriptor, { lazyEntries: true, autoClose: true }, done));
}

async function read(
  open: (done: (error: Error | null, zip: ZipFile) => void) => void,
): Promise<ReadonlyMap<string, Buffer>> {
  const zip = await new Promise<ZipFile>((resolve, reject) =>
    open((error, opened) => (error === null ? resolve(opened) : reject(error))),
  );
  const entries = new Map<string, Buffer>();
  await new Promise<void>((resolve, reject) => {
    zip.on('end', resolve).on('error', reject);
    zip.on('entry', (entry: Entry) => {
      zip.openReadStream(entry, (error, stream) => {
        if (error !== null) return reject(error);
        buffer(stream).then(bytes => {
          entries.set(entry.fileName, bytes);
          zip.readEntry();
        }, reject);
      });
    });
    zip.readEntry();
  });
  return entries;
}
