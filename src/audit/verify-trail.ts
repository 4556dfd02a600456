import { createReadStream } from 'node:fs';
import { FIRST_HASH, readLine } from './audit-chain.js';

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
  readonly faults: readonly TrailFault[];
}

interface ChainState {
  previous: string;
  seq: number;
  ended: boolean;
}

const MAX_FAULTS = 100;

/** Checks the files of an audit trail, the oldest first. Changed, removed, added and moved lines are faults. */
export async function verifyTrail(files: readonly string[]): Promise<TrailReport> {
  const trail = new Trail();
  for (const file of files) {
    let number = 0;
    for await (const text of linesOf(file)) {
      number++;
      if (text !== '') trail.add(file, number, text);
    }
  }
  return trail.report();
}

/** Splits at line feeds only. readline also ends a line at U+2028, which a statement in an older trail may contain. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of createReadStream(file, { encoding: 'utf8' })) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

class Trail {
  private lines = 0;
  private lost = 0;
  private readonly chains = new Map<string, ChainState>();
  private readonly waiting = new Set<string>();
  private readonly hashes = new Set<string>();
  private readonly faults: TrailFault[] = [];

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
      if (line.seq !== 0) fault(`the beginning of the chain ${line.chain} is missing`);
      else if (typeof line.follows === 'string' && this.hashes.size > 0 && !this.hashes.has(line.follows)) {
        fault('the line that this chain follows is missing');
      }
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
    if (line.type === 'start' && typeof line.lost === 'number') this.lost += line.lost;
    this.pair(line.type, `${line.chain} ${String(line.request_id)}`);
  }

  report(): TrailReport {
    return {
      lines: this.lines,
      chains: this.chains.size,
      open: [...this.chains].filter(([, chain]) => !chain.ended).map(([id]) => id),
      unfinished: [...this.waiting],
      lost: this.lost,
      faults: this.faults,
    };
  }

  private pair(type: string, call: string): void {
    if (type === 'intent') this.waiting.add(call);
    if (type === 'outcome') this.waiting.delete(call);
  }
}
