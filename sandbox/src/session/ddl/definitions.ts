import type { Steps } from '../../engine/contracts.ts';
import type * as ast from '../../parser/ast.ts';
import type { Frame } from '../frame.ts';
import type { SessionState } from '../session-state.ts';
import { atomically } from '../statement-runner.ts';
import { alterTable } from './alter-table.ts';
import { createTable } from './create-table.ts';
import { createDatabase } from './databases.ts';
import { setDatabaseOption } from './database-options.ts';
import { dropObjects } from './drop.ts';
import { createFullTextIndex } from './full-text.ts';
import { createIndex, dropIndexes } from './indexes.ts';
import { createStatistics, updateStatistics } from './statistics.ts';
import { createFunction, createProcedure, createView } from './modules.ts';
import { changePermissions } from './permissions.ts';
import { alterLogin, alterRoleMember, alterUser, createLogin, createRole, createUser } from './principals.ts';
import { createSchema, transferToSchema } from './schemas.ts';
import { defineSecurityPolicy } from './security-policy.ts';
import { alterSequence, createSequence } from './sequence-definitions.ts';
import { createSynonym } from './synonyms.ts';
import { createType } from './types.ts';

/** Definition statements without EXECUTE AS and REVERT, which the parser counts among them. */
export type Definition = Exclude<ast.DefinitionStatement, ast.ExecuteAsStatement | ast.Revert>;

/** Runs CREATE, ALTER, DROP, GRANT … atomically, in the open transaction or one of its own. */
export function* executeDefinition(session: SessionState, frame: Frame, statement: Definition): Steps {
  // eslint-disable-next-line require-yield -- a definition is too short to pause
  yield* atomically(session, { writes: true }, function* () {
    define(session, frame, statement);
  });
  frame.sink.done(null, { kind: 'ddl' });
}

function define(session: SessionState, frame: Frame, statement: Definition): void {
  switch (statement.kind) {
    case 'create table':
      return createTable(session, frame, statement);
    case 'alter table':
      return alterTable(session, frame, statement);
    case 'create index':
      return createIndex(session, frame, statement);
    case 'create statistics':
      return createStatistics(session, frame, statement);
    case 'create full-text index':
      return createFullTextIndex(session, frame, statement);
    case 'update statistics':
      return updateStatistics(session, frame, statement);
    case 'database option':
      return setDatabaseOption(session, statement);
    case 'drop index':
      return dropIndexes(session, frame, statement);
    case 'create view':
      return createView(session, statement);
    case 'create procedure':
      return createProcedure(session, statement);
    case 'create function':
      return createFunction(session, statement);
    case 'create schema':
      return createSchema(session, statement);
    case 'alter schema transfer':
      return transferToSchema(session, statement);
    case 'create sequence':
      return createSequence(session, statement);
    case 'alter sequence':
      return alterSequence(session, statement);
    case 'create synonym':
      return createSynonym(session, statement);
    case 'create type':
      return createType(session, statement);
    case 'drop':
      return dropObjects(session, frame, statement);
    case 'security policy':
      return defineSecurityPolicy(session, frame, statement);
    case 'create login':
      return createLogin(session, statement);
    case 'alter login':
      return alterLogin(session, statement);
    case 'create user':
      return createUser(session, statement);
    case 'alter user':
      return alterUser(session, statement);
    case 'create role':
      return createRole(session, statement);
    case 'alter role member':
      return alterRoleMember(session, statement);
    case 'permission':
      return changePermissions(session, frame, statement);
    case 'database':
      return createDatabase(session, statement);
    default:
      statement satisfies never;
  }
}
