import { notSupported } from '../engine/sql-error.ts';
import type {
  AlterLogin,
  AlterRoleMember,
  AlterUser,
  CreateLogin,
  CreateRole,
  CreateUser,
  ExecuteAsStatement,
  PermissionStatement,
  Securable,
  SecurityPolicy,
  SecurityPredicate,
} from './ast.ts';
import { DefinitionParser } from './definition-parser.ts';
import type { Bare } from './dml-parser.ts';
import { stringLiteral } from './literals.ts';

/** Logins, users, roles, permissions, security policies. */
export abstract class SecurityParser extends DefinitionParser {
  protected createLogin(): Bare<CreateLogin> {
    const name = this.identifier();
    if (this.is('FROM')) throw notSupported('logins from Windows, certificates and providers', this.token.line);
    this.need('WITH', 'PASSWORD', '=');
    const password = this.password();
    const { defaultDatabase } = this.loginOptions();
    return { kind: 'create login', name, password, defaultDatabase };
  }

  protected alterLogin(): Bare<AlterLogin> {
    const name = this.identifier();
    const enabled = this.eat('ENABLE') ? true : this.eat('DISABLE') ? false : undefined;
    if (enabled !== undefined)
      return { kind: 'alter login', name, password: undefined, enabled, defaultDatabase: undefined };
    this.need('WITH');
    let password: string | undefined;
    if (this.eat('PASSWORD')) {
      this.need('=');
      password = this.password();
      if (this.is('OLD_PASSWORD')) throw notSupported('OLD_PASSWORD', this.token.line);
      return { kind: 'alter login', name, password, enabled, defaultDatabase: this.loginOptions().defaultDatabase };
    }
    const option = this.loginOption();
    return {
      kind: 'alter login',
      name,
      password,
      enabled,
      defaultDatabase: option ?? this.loginOptions().defaultDatabase,
    };
  }

  private password(): string {
    if (this.token.kind === 'binary') throw notSupported('hashed passwords', this.token.line);
    const password = this.string();
    if (this.is('MUST_CHANGE', 'HASHED')) throw notSupported(this.token.upper, this.token.line);
    return password;
  }

  private loginOptions(): { defaultDatabase: string | undefined } {
    let defaultDatabase: string | undefined;
    while (this.eat(',')) defaultDatabase = this.loginOption() ?? defaultDatabase;
    return { defaultDatabase };
  }

  /** The default database, or an option that is the same for all. */
  private loginOption(): string | undefined {
    const { upper, line } = this.token;
    this.identifier();
    this.need('=');
    if (upper === 'DEFAULT_DATABASE') return this.identifier();
    // The sandbox has no password policy of an operating system.
    const off = (upper === 'CHECK_POLICY' || upper === 'CHECK_EXPIRATION') && this.eatOne('OFF', 'ON');
    if (off === 'OFF') return undefined;
    if (upper === 'DEFAULT_LANGUAGE' && this.is('US_ENGLISH', 'ENGLISH')) {
      this.advance();
      return undefined;
    }
    throw notSupported(`the login option ${upper}${off ? ` = ${off}` : ''}`, line);
  }

  protected createUser(): Bare<CreateUser> {
    const name = this.identifier();
    let login: string | null | undefined;
    if (this.eat('WITHOUT', 'LOGIN')) login = null;
    else if (this.eat('FOR', 'LOGIN') || this.eat('FROM', 'LOGIN')) login = this.identifier();
    else if (this.is('FOR', 'FROM')) throw notSupported('users from certificates, keys and providers', this.token.line);
    let defaultSchema: string | undefined;
    if (this.eat('WITH')) {
      this.list(() => {
        const { upper, line } = this.token;
        this.identifier();
        this.need('=');
        if (upper !== 'DEFAULT_SCHEMA') throw notSupported(`the user option ${upper}`, line);
        defaultSchema = this.identifier();
      });
    }
    return { kind: 'create user', name, login, defaultSchema };
  }

  protected alterUser(): Bare<AlterUser> {
    const name = this.identifier();
    this.need('WITH');
    const changes = {
      newName: undefined as string | undefined,
      login: undefined as string | undefined,
      defaultSchema: undefined as string | undefined,
    };
    this.list(() => {
      const { upper, line } = this.token;
      this.identifier();
      this.need('=');
      if (upper === 'DEFAULT_SCHEMA') changes.defaultSchema = this.identifier();
      else if (upper === 'NAME') changes.newName = this.identifier();
      else if (upper === 'LOGIN') changes.login = this.identifier();
      else throw notSupported(`the user option ${upper}`, line);
    });
    return { kind: 'alter user', name, ...changes };
  }

  protected createRole(): Bare<CreateRole> {
    const name = this.identifier();
    const owner = this.eat('AUTHORIZATION') ? this.principalName() : undefined;
    return { kind: 'create role', name, owner };
  }

  protected alterRole(server: boolean): Bare<AlterRoleMember> {
    const role = this.principalName();
    if (this.ahead('WITH', 'NAME')) throw notSupported('renaming a role', this.token.line);
    const action = this.eatOne('ADD', 'DROP');
    if (!action) throw this.unexpected();
    this.need('MEMBER');
    return {
      kind: 'alter role member',
      server,
      role,
      action: action === 'ADD' ? 'add' : 'drop',
      member: this.principalName(),
    };
  }

  /** GRANT, DENY, REVOKE. */
  protected permission(): Bare<PermissionStatement> {
    const verb = this.advance().upper;
    const action = verb === 'GRANT' ? 'grant' : verb === 'DENY' ? 'deny' : 'revoke';
    const grantOptionFor = action === 'revoke' && this.eat('GRANT', 'OPTION', 'FOR');
    const permissions = this.list(() => this.permissionName());
    const securable: Securable = this.eat('ON') ? this.securable() : { kind: 'database' };
    if (!this.eat('TO') && !(action === 'revoke' && this.eat('FROM'))) throw this.unexpected();
    const principals = this.list(() => this.principalName());
    const withGrantOption = action === 'grant' && this.eat('WITH', 'GRANT', 'OPTION');
    const cascade = action !== 'grant' && this.eat('CASCADE');
    if (this.is('AS')) throw notSupported(`${verb} … AS`, this.token.line);
    return { kind: 'permission', action, grantOptionFor, permissions, securable, principals, withGrantOption, cascade };
  }

  private permissionName(): PermissionStatement['permissions'][number] {
    const words: string[] = [];
    while (this.token.kind === 'word' && !this.is('ON', 'TO', 'FROM')) words.push(this.advance().upper);
    if (words.length === 0) throw this.unexpected();
    const columns = this.is('(') ? this.parenthesized(() => this.identifier()) : [];
    const name = words.join(' ');
    return { name: name === 'ALL PRIVILEGES' ? 'ALL' : name === 'EXEC' ? 'EXECUTE' : name, columns };
  }

  private securable(): Securable {
    const { upper, line } = this.token;
    if (this.peek().upper === '::') {
      this.advance();
      this.advance();
      switch (upper) {
        case 'OBJECT':
          break;
        case 'TYPE':
          return { kind: 'type', name: this.name(), columns: [] };
        case 'SCHEMA':
        case 'ROLE':
        case 'USER':
        case 'LOGIN':
          return { kind: upper.toLowerCase() as 'schema', name: this.principalName() };
        case 'DATABASE':
          this.identifier();
          return { kind: 'database' };
        default:
          throw notSupported(`permissions on ${upper}::`, line);
      }
    }
    const name = this.name();
    const columns = this.is('(') ? this.parenthesized(() => this.identifier()) : [];
    return { kind: 'object', name, columns };
  }

  /** After CREATE or ALTER SECURITY POLICY. */
  protected securityPolicy(verb: 'create' | 'alter'): Bare<SecurityPolicy> {
    const name = this.name();
    const predicates = this.is('ADD', 'ALTER', 'DROP') ? this.list(() => this.securityPredicate(verb)) : [];
    let enabled: boolean | undefined;
    let schemaBinding = true;
    if (this.eat('WITH')) {
      this.parenthesized(() => {
        const option = this.eatOne('STATE', 'SCHEMABINDING');
        if (!option) throw this.unexpected();
        this.need('=');
        const value = this.eatOne('ON', 'OFF');
        if (!value) throw this.unexpected();
        if (option === 'STATE') enabled = value === 'ON';
        else schemaBinding = value === 'ON';
      });
    }
    this.eat('NOT', 'FOR', 'REPLICATION');
    return { kind: 'security policy', verb, name, predicates, enabled, schemaBinding };
  }

  private securityPredicate(verb: 'create' | 'alter'): SecurityPredicate {
    const { line } = this.token;
    const word = this.eatOne('ADD', 'ALTER', 'DROP');
    if (!word || (verb === 'create' && word !== 'ADD')) throw this.unexpected();
    const action = word === 'ADD' ? 'add' : word === 'ALTER' ? 'alter' : 'drop';
    const block = this.eat('BLOCK');
    if (!block && !this.eat('FILTER') && action !== 'add') throw this.unexpected();
    this.need('PREDICATE');
    let called: SecurityPredicate['function'];
    let args: SecurityPredicate['args'] = [];
    if (action !== 'drop') {
      called = this.name();
      this.need('(');
      args = this.expressionList();
      this.need(')');
    }
    this.need('ON');
    const table = this.name();
    return {
      action,
      type: block ? 'block' : 'filter',
      function: called,
      args,
      table,
      operation: this.operation(),
      line,
    };
  }

  private operation(): SecurityPredicate['operation'] {
    if (this.eat('AFTER', 'INSERT')) return 'after insert';
    if (this.eat('AFTER', 'UPDATE')) return 'after update';
    if (this.eat('BEFORE', 'UPDATE')) return 'before update';
    return this.eat('BEFORE', 'DELETE') ? 'before delete' : undefined;
  }

  /** After EXECUTE AS. */
  protected executeAs(): Bare<ExecuteAsStatement> {
    if (this.eat('CALLER')) return { kind: 'execute as', principal: 'caller', name: undefined };
    const principal = this.eatOne('USER', 'LOGIN');
    if (!principal) throw this.unexpected();
    this.need('=');
    if (this.token.kind !== 'string' && this.token.kind !== 'variable') throw this.unexpected();
    const name = this.token.kind === 'string' ? stringLiteral(this.advance()) : this.primary();
    if (this.is('WITH')) throw notSupported('EXECUTE AS … WITH', this.token.line);
    return { kind: 'execute as', principal: principal === 'USER' ? 'user' : 'login', name };
  }
}
