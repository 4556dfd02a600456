import { notSupported } from '../engine/sql-error.ts';
import type { Statement } from './ast.ts';
import type { Bare } from './dml-parser.ts';
import { ExecuteParser } from './execute-parser.ts';
import { syntaxError } from './syntax-error.ts';

/** Objects that exist in T-SQL but not in the sandbox. */
const REFUSED: ReadonlySet<string> = new Set([
  'AGGREGATE',
  'APPLICATION',
  'ASSEMBLY',
  'ASYMMETRIC',
  'AUTHORIZATION',
  'AVAILABILITY',
  'CERTIFICATE',
  'COLUMN',
  'COLUMNSTORE',
  'CREDENTIAL',
  'DEFAULT',
  'ENDPOINT',
  'EVENT',
  'EXTERNAL',
  'FULLTEXT',
  'MASTER',
  'MESSAGE',
  'PARTITION',
  'PRIMARY',
  'QUEUE',
  'RESOURCE',
  'RULE',
  'SERVICE',
  'SIGNATURE',
  'SPATIAL',
  'SYMMETRIC',
  'TRIGGER',
  'WORKLOAD',
  'XML',
]);

/** The kind of object that CREATE, ALTER and DROP concern. */
export abstract class CreateParser extends ExecuteParser {
  protected create(): Bare<Statement> {
    const isFirst = this.position === 0;
    this.need('CREATE');
    const orAlter = this.eat('OR', 'ALTER');
    const module = this.module(orAlter ? 'create or alter' : 'create', isFirst);
    if (module) return module;
    if (orAlter) throw this.unexpected();
    const unique = this.eat('UNIQUE');
    const clustered = this.clustered();
    if (this.is('COLUMNSTORE')) throw notSupported('columnstore indexes', this.token.line);
    if (this.eat('INDEX')) return this.createIndex(unique, clustered ?? false);
    if (unique || clustered !== undefined) throw this.unexpected();
    if (this.eat('STATISTICS')) return this.createStatistics();
    if (this.eat('FULLTEXT', 'INDEX')) return this.createFullTextIndex();
    if (this.eat('TABLE')) return this.createTable();
    if (this.eat('SCHEMA')) {
      if (!isFirst) throw this.notFirst('CREATE SCHEMA');
      return this.createSchema();
    }
    if (this.eat('SEQUENCE')) return this.createSequence();
    if (this.eat('SYNONYM')) return this.createSynonym();
    if (this.eat('TYPE')) return this.createType();
    if (this.eat('SECURITY', 'POLICY')) return this.securityPolicy('create');
    if (this.eat('LOGIN')) return this.createLogin();
    if (this.eat('USER')) return this.createUser();
    if (this.eat('ROLE')) return this.createRole();
    if (this.eat('DATABASE')) {
      if (this.is('AUDIT', 'ENCRYPTION', 'SCOPED')) throw this.unknownObject('CREATE DATABASE');
      return this.database('create');
    }
    throw this.unknownObject('CREATE');
  }

  protected alter(): Bare<Statement> {
    const isFirst = this.position === 0;
    this.need('ALTER');
    const module = this.module('alter', isFirst);
    if (module) return module;
    if (this.eat('TABLE')) return this.alterTable();
    if (this.eat('SCHEMA')) return this.alterSchema();
    if (this.eat('SEQUENCE')) return this.alterSequence();
    if (this.eat('SECURITY', 'POLICY')) return this.securityPolicy('alter');
    if (this.eat('LOGIN')) return this.alterLogin();
    if (this.eat('USER')) return this.alterUser();
    if (this.eat('SERVER', 'ROLE')) return this.alterRole(true);
    if (this.eat('ROLE')) return this.alterRole(false);
    if (this.eat('DATABASE')) return this.setDatabaseOption();
    if (this.is('INDEX', 'SERVER')) throw notSupported(`ALTER ${this.token.upper}`, this.token.line);
    throw this.unknownObject('ALTER');
  }

  protected dropStatement(): Bare<Statement> {
    this.need('DROP');
    if (this.eat('INDEX')) return this.dropIndex();
    if (this.eat('SECURITY', 'POLICY')) return this.drop('security policy');
    if (this.eat('DATABASE')) return this.database('drop');
    const object = this.eatOne(
      'TABLE',
      'VIEW',
      'PROCEDURE',
      'PROC',
      'FUNCTION',
      'SEQUENCE',
      'SYNONYM',
      'SCHEMA',
      'TYPE',
      'LOGIN',
      'USER',
      'ROLE',
    );
    if (!object) throw this.unknownObject('DROP');
    return this.drop(
      object === 'PROC' ? 'procedure' : (object.toLowerCase() as Lowercase<Exclude<typeof object, 'PROC'>>),
    );
  }

  private module(verb: 'create' | 'alter' | 'create or alter', isFirst: boolean): Bare<Statement> | undefined {
    const object = this.token;
    const kind = this.eatOne('VIEW', 'PROCEDURE', 'PROC', 'FUNCTION');
    if (!kind) return undefined;
    const shown =
      kind === 'VIEW' || kind === 'FUNCTION'
        ? `${verb === 'alter' ? 'ALTER' : 'CREATE'} ${kind}`
        : 'CREATE/ALTER PROCEDURE';
    if (!isFirst) throw this.notFirst(shown);
    if (kind === 'VIEW') return this.createView(verb, object);
    return kind === 'FUNCTION' ? this.createFunction(verb, object) : this.createProcedure(verb, object);
  }

  private notFirst(what: string): Error {
    return syntaxError(111, `'${what}' must be the first statement in a query batch.`, this.token.line);
  }

  private unknownObject(verb: string): Error {
    const { token } = this;
    if (REFUSED.has(token.upper) || verb.includes(' ')) return notSupported(`${verb} ${token.upper}`, token.line);
    if (token.kind !== 'word') return this.unexpected();
    const message = `Unknown object type '${token.text}' used in a CREATE, DROP, or ALTER statement.`;
    return syntaxError(343, message, token.line);
  }
}
