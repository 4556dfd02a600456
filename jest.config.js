const common = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  moduleNameMapper: {
    '^(?:#|tsql-)sandbox$': '<rootDir>/sandbox/src/index.ts',
    '^@mssql-mcp/server$': '<rootDir>/src/public-api.ts',
    '^@mssql-mcp/server/start$': '<rootDir>/src/start.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  // dist/ holds compiled copies of the same files.
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/sandbox/dist'],
};

const project = (displayName, ...testMatch) => ({ ...common, displayName, rootDir: import.meta.dirname, testMatch });

/** What the embedded sandbox doesn't have. The job sql-server of .github/workflows/ci.yml runs it in containers. */
const onSqlServer = process.env.TEST_MSSQL_URL ? [project('sqlserver', '<rootDir>/test/sqlserver/**/*.spec.ts')] : [];

/** Applications from npm that start the server themselves; CONTRIBUTING.md says how to install them. */
const withApplications = process.env.TEST_MCP_CLIENTS
  ? [project('applications', '<rootDir>/test/applications/**/*.spec.ts')]
  : [];

export default {
  watchman: false,
  globalSetup: '<rootDir>/test/support/temporary-files.mjs',
  testTimeout: 30_000,
  // Something of every spec's modules stays in memory (2 to 30 MB), so a worker that ran them all would run out of it.
  workerIdleMemoryLimit: '1GB',
  // The provider "v8" costs several times as much, because it converts the coverage of every file after every spec.
  coverageProvider: 'babel',
  collectCoverageFrom: ['src/**/*.ts', '!src/**/*.spec.ts', '!src/**/*.fixture.ts'],
  coverageReporters: ['text-summary', 'lcovonly'],
  projects: [
    project('unit', '<rootDir>/src/**/*.spec.ts', '<rootDir>/scripts/**/*.spec.ts'),
    project('sandbox', '<rootDir>/sandbox/{src,test}/**/*.spec.ts'),
    project('architecture', '<rootDir>/test/architecture/**/*.spec.ts'),
    project('integration', '<rootDir>/test/integration/**/*.spec.ts', '<rootDir>/examples/**/*.spec.ts'),
    project('e2e', '<rootDir>/test/e2e/**/*.spec.ts'),
    project('package', '<rootDir>/test/package/**/*.spec.ts'),
    ...onSqlServer,
    ...withApplications,
  ],
};
