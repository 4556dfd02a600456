import { ConfigError } from './faults.js';
import { readStdioConfig } from './read-stdio-config.js';

const DATABASE = { MSSQL_CONNECTION_STRING: 'mssql://reader:secret@sql.example.com/Sales', XDG_STATE_HOME: '/state' };

function faultsOf(env: Readonly<Record<string, string>>): readonly string[] {
  try {
    readStdioConfig(env);
    return [];
  } catch (error) {
    return (error as ConfigError).faults;
  }
}

describe('the settings for stdio', () => {
  it('are one tenant that only reads, with state in memory and nothing of HTTP', () => {
    const config = readStdioConfig(DATABASE);
    expect(config.tenants).toEqual([
      expect.objectContaining({
        name: 'stdio',
        readOnly: true,
        database: expect.objectContaining({ host: 'sql.example.com', user: 'reader', database: 'Sales' }),
      }),
    ]);
    expect(config).toMatchObject({ publicUrl: '', stateStore: 'sqlite::memory:', allowUnauthMethods: false });
  });

  it('have a key of their own in each process', () => {
    expect(readStdioConfig(DATABASE).stateKey).not.toEqual(readStdioConfig(DATABASE).stateKey);
  });

  it.each([
    [undefined, /mssql-mcp.audit\.jsonl$/],
    ['trail.jsonl', /^trail\.jsonl$/],
    ['stdout', /^stderr$/],
    ['stderr', /^stderr$/],
  ])('write the trail of AUDIT_FILE=%s to %s', (AUDIT_FILE, expected) => {
    expect(readStdioConfig(AUDIT_FILE === undefined ? DATABASE : { ...DATABASE, AUDIT_FILE }).auditFile).toMatch(
      expected,
    );
  });

  it('keep the limits and refuse what they cannot be', () => {
    expect(readStdioConfig({ ...DATABASE, MAX_ROWS: '7' }).tenants[0]?.limits.maxRows).toBe(7);
    expect(faultsOf({ ...DATABASE, MAX_ROWS: '0', LOG_LEVEL: 'loud' })).toEqual([
      expect.stringMatching(/^MAX_ROWS /),
      expect.stringMatching(/^LOG_LEVEL /),
    ]);
  });

  it('name the connection string as the alternative to what is missing', () => {
    expect(faultsOf({})).toContain('MSSQL_HOST is not set. Set it, or MSSQL_CONNECTION_STRING.');
  });

  it('need a directory for exports', () => {
    expect(faultsOf({ ...DATABASE, EXPORTS: 'true' })).toEqual([
      expect.stringMatching(/^EXPORTS=true needs EXPORT_DIRECTORY/),
    ]);
    const config = readStdioConfig({ ...DATABASE, EXPORTS: 'true', EXPORT_DIRECTORY: 'files' });
    expect(config.exportDirectory).toBe('files');
  });

  it('refuse deep research, whose items have pages', () => {
    expect(faultsOf({ ...DATABASE, DEEP_RESEARCH: 'true' })).toEqual([
      expect.stringMatching(/^DEEP_RESEARCH is for the HTTP server/),
    ]);
  });

  it('refuse a file of tenants', () => {
    expect(faultsOf({ ...DATABASE, TENANTS_FILE: 'tenants.yaml' })).toEqual([
      expect.stringMatching(/^TENANTS_FILE is for the HTTP server\./),
    ]);
  });
});
