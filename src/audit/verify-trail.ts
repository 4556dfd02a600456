import { FIRST_HASH, readLine } from './audit-chain.js';
import type { AuditLine } from './audit-entry.js';
import { linesOf } from './trail-files.js';
import { type ChainHead, EMPTY_HEAD, type TrailHead } from './trail-head.js';

export interface TrailFault {
  readonly file: string;
  readonly line: number;
  readonly what: string;
}

export interface TrailReport {
  readonly lines: number;
  readonly chains: number;
  /** Chains without an `end` line: their process is running or was killed. Lines may be missing at their end. */
  readonly open: readonly string[];
  /** Calls whose intent has no outcome: they are running, or their process was killed while they ran. */
  readonly unfinished: readonly string[];
  /** The number of records that could not be written, from the `start` lines that report them. */
  readonly lost: number;
  /** Chains that the head doesn't list: they began less than a second before it was written, or before 2.1.0. */
  readonly unlisted: readonly string[];
  readonly faults: readonly TrailFault[];
}

/** The head to check a trail against, and its name for faults. */
export interface NamedHead {
  readonly file: string;
  readonly head: TrailHead;
}

interface ChainState {
  previous: string;
  seq: number;
  ended: boolean;
}

const MAX_FAULTS = 100;

/**
 * Checks the files of an audit trail, the oldest first. Changed, removed, added and moved lines are faults; with a head
 * also chains that are missing or end earlier. Lines that AUDIT_KEEP_DAYS removed are not missing.
 */
export async function verifyTrail(files: readonly string[], head?: NamedHead): Promise<TrailReport> {
  const trail = new Trail(head, files[0]);
  for (const file of files) {
    let number = 0;
    for await (const text of linesOf(file)) {
      number++;
      if (text !== '') trail.add(file, number, text);
    }
  }
  return trail.report();
}

class Trail {
  private lines = 0;
  private lost = 0;
  private readonly chains = new Map<string, ChainState>();
  private readonly waiting = new Set<string>();
  private readonly hashes = new Set<string>();
  private readonly faults: TrailFault[] = [];
  /** The chains of the head whose last line was not read yet. */
  private readonly expected: Map<string, ChainHead>;
  private readonly cuts: ReadonlyMap<string, ChainHead>;

  constructor(
    private readonly named: NamedHead | undefined,
    private readonly oldest: string | undefined,
  ) {
    const { chains, removed } = named?.head ?? EMPTY_HEAD;
    this.expected = new Map(Object.entries(chains));
    this.cuts = new Map(Object.entries(removed.chains));
  }

  add(file: string, number: number, text: string): void {
    this.lines++;
    const fault = (what: string): void => {
      if (this.faults.length < MAX_FAULTS) this.faults.push({ file, line: number, what });
    };
    const read = readLine(text);
    if (read === undefined) {
      return fault(
        text.endsWith('}')
          ? 'the line was changed: its hash does not match'
          : 'the line is incomplete: its process was killed or the disk was full when it was written, or somebody cut it',
      );
    }
    const { hash, line } = read;
    const chain = this.chains.get(line.chain) ?? { previous: FIRST_HASH, seq: 0, ended: false };
    if (!this.chains.has(line.chain)) {
      this.chains.set(line.chain, chain);
      if (line.seq !== 0 && !this.goesOn(line)) fault(`the beginning of the chain ${line.chain} is missing`);
      else if (line.seq === 0 && !this.mayFollow(line, file)) fault('the line that this chain follows is missing');
    } else if (line.previous !== chain.previous) {
      const lost = line.seq - chain.seq;
      fault(
        lost > 0
          ? `${lost} line(s) of the chain ${line.chain} are missing before this one`
          : 'the line is out of place',
      );
    }
    if (chain.ended) fault('the line comes after the end of its chain');
    chain.previous = hash;
    chain.seq = line.seq + 1;
    chain.ended = line.type === 'end';
    this.hashes.add(hash);
    if ((line.type === 'start' || line.type === 'end') && typeof line.lost === 'number') this.lost += line.lost;
    const listed = this.expected.get(line.chain);
    if (listed?.seq === line.seq) {
      this.expected.delete(line.chain);
      if (listed.hash !== hash) fault(`the line is not the one that ${this.named?.file} lists for its chain`);
    }
    this.pair(line.type, `${line.chain} ${String(line.request_id)}`, line['outcome']);
  }

  report(): TrailReport {
    const listed = new Set(Object.keys(this.named?.head.chains ?? {}));
    for (const [id, { seq }] of this.expected) this.addMissing(id, seq + 1);
    return {
      lines: this.lines,
      chains: this.chains.size,
      open: [...this.chains].filter(([id, chain]) => !chain.ended && !this.hasEnded(id)).map(([id]) => id),
      unfinished: [...this.waiting],
      lost: this.lost,
      unlisted: this.named === undefined ? [] : [...this.chains.keys()].filter(id => !listed.has(id)),
      faults: this.faults,
    };
  }

  /** A chain whose earlier lines AUDIT_KEEP_DAYS removed goes on with the next line after them. */
  private goesOn(line: AuditLine): boolean {
    const cut = this.cuts.get(line.chain);
    return cut !== undefined && line.seq === cut.seq + 1 && line.previous === cut.hash;
  }

  private mayFollow({ follows }: AuditLine, file: string): boolean {
    if (typeof follows !== 'string' || this.hashes.size === 0 || this.hashes.has(follows)) return true;
    // The line may have been in a removed file; the head lists the chains that must be there.
    return file === this.oldest && (this.named?.head.removed.files.length ?? 0) > 0;
  }

  /** Whether its process gave the chain up, because a line could not be written. */
  private hasEnded(id: string): boolean {
    return this.named?.head.chains[id]?.ended === true;
  }

  private addMissing(id: string, listed: number): void {
    if (this.faults.length >= MAX_FAULTS) return;
    const found = this.chains.get(id)?.seq;
    const what =
      found === undefined
        ? `the chain ${id} is missing; it has ${listed} line(s) in the head`
        : `the chain ${id} is cut: it has ${listed} line(s) in the head and ${found} in the trail`;
    this.faults.push({ file: this.named?.file ?? '', line: 1, what });
  }

  private pair(type: string, call: string, outcome: unknown): void {
    if (type === 'intent') this.waiting.add(call);
    // A call that was handed over is still running.
    if (type === 'outcome' && outcome !== 'handed_over') this.waiting.delete(call);
  }
}
