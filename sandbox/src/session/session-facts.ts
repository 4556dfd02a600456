import { randomBytes, randomUUID } from 'node:crypto';
import type { ServerMessage } from '../engine/contracts.ts';
import type { SessionFacts } from '../engine/functions/context.ts';
import type { VariantValue } from '../engine/sql-type.ts';
import { INT, nvarchar, varchar } from '../engine/types.ts';
import type { SessionState } from './session-state.ts';

/** The session for built-in functions: USER_NAME(), @@ROWCOUNT, SESSION_CONTEXT … */
export class LiveSessionFacts implements SessionFacts {
  private readonly session: SessionState;
  private seed = randomBytes(4).readUInt32LE();
  private sequentialId = randomBytes(16);

  constructor(session: SessionState) {
    this.session = session;
  }

  get spid(): number {
    return this.session.spid;
  }
  userName(): string {
    return this.session.security.principal.name;
  }
  loginName(): string {
    return this.session.actingLogin;
  }
  originalLogin(): string {
    return this.session.login.name;
  }
  hostName(): string {
    return this.session.host;
  }
  applicationName(): string {
    return this.session.application;
  }
  databaseName(): string {
    return this.session.database.name;
  }
  changeVersion(): bigint | null {
    return this.session.database.changes?.version ?? null;
  }
  sessionContext(key: string): VariantValue | null {
    return this.session.context.get(key.toLowerCase())?.value ?? null;
  }
  contextInfo(): Uint8Array | null {
    return this.session.contextInfo;
  }
  dateFirst(): number {
    return this.session.options.dateFirst;
  }
  language(): string {
    return 'us_english';
  }
  lockTimeout(): number {
    return this.session.options.lockTimeout;
  }
  textSize(): number {
    return this.session.options.textSize;
  }
  options(): number {
    return this.session.options.bits;
  }
  transactionCount(): number {
    return this.session.transactions.count;
  }
  transactionState(): number {
    if (!this.session.transactions.current) return 0;
    return this.session.transactions.doomed ? -1 : 1;
  }
  transactionId(): bigint | null {
    return this.session.transactions.current?.id ?? null;
  }
  rowCount(): bigint {
    return BigInt(this.session.rowCount);
  }
  lastError(): number {
    return this.session.lastError;
  }
  nestLevel(): number {
    return this.session.frame.depth;
  }
  procedureId(): number {
    return this.session.frame.module?.objectId ?? 0;
  }
  lastIdentity(): bigint | null {
    return this.session.lastIdentity;
  }
  scopeIdentity(): bigint | null {
    return this.session.frame.scopeIdentity;
  }
  caughtError(): ServerMessage | null {
    return this.session.caught;
  }

  /** xorshift32; RAND's own sequence is not documented, only that a seed repeats it. */
  random(seed?: number): number {
    if (seed !== undefined) this.seed = (Math.imul(seed | 0, 0x9e3779b1) ^ 0x85ebca6b) >>> 0 || 1;
    let x = this.seed;
    for (let round = 0; round < (seed === undefined ? 1 : 3); round++) {
      x ^= x << 13;
      x ^= x >>> 17;
      x ^= x << 5;
    }
    this.seed = x >>> 0 || 1;
    return this.seed / 0x1_0000_0000;
  }

  newId(): string {
    return randomUUID().toUpperCase();
  }

  /** Grows with each call, in the order SQL Server sorts uniqueidentifier. */
  newSequentialId(): string {
    for (let i = 0; i < 4; i++) {
      this.sequentialId[i] = (this.sequentialId[i]! + 1) & 0xff;
      if (this.sequentialId[i] !== 0) break;
    }
    const hex = [...this.sequentialId]
      .map(byte => byte.toString(16).padStart(2, '0'))
      .join('')
      .toUpperCase();
    const first = hex.slice(0, 8).match(/../g)!.reverse().join('');
    return `${first}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  /** learn.microsoft.com/sql/t-sql/functions/connectionproperty-transact-sql */
  connectionProperty(name: string): VariantValue | null {
    switch (name.toLowerCase()) {
      case 'net_transport':
      case 'physical_net_transport':
        return { type: nvarchar(40), value: 'TCP' };
      case 'protocol_type':
        return { type: nvarchar(40), value: 'TSQL' };
      case 'auth_scheme':
        return { type: nvarchar(40), value: 'SQL' };
      case 'local_net_address':
      case 'client_net_address':
        return { type: varchar(48), value: '127.0.0.1' };
      case 'local_tcp_port':
        return { type: INT, value: 1433 };
      default:
        return null;
    }
  }
}
