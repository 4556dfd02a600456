import type { EngineSession } from '../engine/contracts.ts';
import type { LoginRequest } from '../tds/login7.ts';

/** The database engine as the worker uses it. */
export interface Engine {
  /** Checks the login and opens a session. Throws SqlError 18456 or 4060. */
  login(request: LoginRequest): EngineSession;
  /** Name of the database a session is in now. */
  databaseOf(session: EngineSession): string;
}
