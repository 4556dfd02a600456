// docs/architecture.md, "Modules": a module imports modules on lower lines only.
const lines = [
  ['main', 'start', 'serve', 'app.module', 'configure-http', 'public-api', 'telemetry'],
  ['health', 'doctor'],
  ['mcp'],
  ['oauth', 'tools', 'resources', 'prompts'],
  ['metrics', 'audit'],
  ['database'],
  ['state', 'tenancy'],
  ['config'],
  ['common'],
];

const pathOf = name => (lines[0].includes(name) ? `^src/${name.replace('.', '\\.')}\\.ts$` : `^src/${name}/`);

const upward = lines.flatMap((line, height) => {
  const above = lines.slice(0, height).flat();
  return above.length === 0
    ? []
    : [
        {
          name: `${line.join('-')}-imports-nothing-above`,
          severity: 'error',
          from: { path: line.map(pathOf) },
          to: { path: above.map(pathOf) },
        },
      ];
});

const sideways = lines.slice(1).flatMap(line =>
  line
    .filter(() => line.length > 1)
    .map(name => ({
      name: `${name}-imports-no-neighbour`,
      severity: 'error',
      from: { path: pathOf(name) },
      to: { path: line.filter(other => other !== name).map(pathOf) },
    })),
);

module.exports = {
  forbidden: [
    ...upward,
    ...sideways,
    // The sandbox's binder and its query compiler call each other, as expressions and subqueries do.
    { name: 'no-cycles', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    { name: 'no-barrels', severity: 'error', from: {}, to: { path: '^src/.*index\\.ts$' } },
    {
      name: 'server-never-imports-the-sandbox',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(sandbox/|tsql-sandbox)' },
    },
    { name: 'sandbox-imports-no-server', severity: 'error', from: { path: '^sandbox/' }, to: { path: '^(src|test)/' } },
    {
      name: 'src-imports-no-tests',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(test|examples|bench)/' },
    },
    {
      name: 'driver-internals-in-one-place',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/database/' },
      to: { path: 'node_modules/(tedious|mssql|typeorm)/' },
    },
    {
      name: 'custom-tools-use-the-public-door',
      severity: 'error',
      from: { path: '^examples/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^src/', pathNot: '^src/(public-api|start)\\.ts$' },
    },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
    // Specs wire modules together across lines, as tests must.
    exclude: { path: '\\.spec\\.ts$' },
  },
};
