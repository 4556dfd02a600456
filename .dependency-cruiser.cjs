// docs/architecture.md, "Modules": a module imports modules on lower lines only.
const lines = [
  ['cli', 'main'],
  ['start', 'public-api'],
  ['serve', 'serve-stdio'],
  ['app.module', 'stdio-app.module', 'configure-http'],
  ['health', 'doctor'],
  ['mcp', 'downloads', 'items'],
  ['oauth/oauth.module'],
  ['oauth/authorization-server', 'invocation'],
  ['oauth/resource-server'],
  ['oauth/tokens'],
  ['tools', 'resources', 'prompts'],
  ['knowledge'],
  ['search'],
  ['cache'],
  ['export', 'plans'],
  ['metrics'],
  ['audit', 'telemetry'],
  ['database', 'oauth/identity'],
  ['budgets'],
  ['state', 'tenancy'],
  ['http'],
  ['config'],
  ['common'],
];

/** Rooms inside a module, in the same order; files that stand beside them are the module's ground floor. */
const rooms = {
  database: [
    ['database.module'],
    ['entities', 'plans'],
    ['catalog', 'query'],
    ['policy'],
    ['connection'],
    ['driver'],
    [''],
    ['messages'],
  ],
  mcp: [
    ['http', 'stdio'],
    ['mcp.module'],
    ['exchange'],
    ['methods'],
    ['handles'],
    ['client'],
    ['protocol'],
    ['cluster'],
  ],
};

const isFile = name => /^(?:main|start|serve|serve-stdio|configure-http|public-api)$|\.module$/.test(name);
const pathOf = name => `^src/${name.replaceAll('.', '\\.')}${isFile(name) ? '\\.ts$' : '/'}`;
/** '' is the module's ground floor: files directly in its folder. */
const pathOfRoom = (module, room) =>
  room === '' ? `^src/${module}/(?!${module}\\.module)[^/]+\\.ts$` : pathOf(`${module}/${room}`);

function orderRules(order, toPath, label) {
  return order.flatMap((line, height) => {
    const from = { path: line.map(toPath) };
    const name = `${label}${line.map(part => part || 'ground-floor').join('-')}`;
    const above = order.slice(0, height).flat().map(toPath);
    return [
      ...(above.length === 0
        ? []
        : [{ name: `${name}-imports-nothing-above`, severity: 'error', from, to: { path: above } }]),
      ...(height === 0 && label === ''
        ? []
        : line
            .filter(() => line.length > 1)
            .map(part => ({
              name: `${label}${part}-imports-no-neighbour`,
              severity: 'error',
              from: { path: toPath(part) },
              to: { path: line.filter(other => other !== part).map(toPath) },
            }))),
    ];
  });
}

const ordered = [
  ...orderRules(lines, pathOf, ''),
  ...Object.entries(rooms).flatMap(([module, order]) =>
    orderRules(order, room => pathOfRoom(module, room), `${module}/`),
  ),
];

module.exports = {
  forbidden: [
    ...ordered,
    // The sandbox's binder and its query compiler call each other, as expressions and subqueries do.
    { name: 'no-cycles', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    { name: 'no-barrels', severity: 'error', from: {}, to: { path: ['^src/index\\.ts$', '^src/.*/index\\.ts$'] } },
    {
      name: 'only-the-demo-imports-the-sandbox',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/demo/' },
      to: { path: '^(sandbox/|tsql-sandbox|#sandbox)' },
    },
    { name: 'sandbox-imports-no-server', severity: 'error', from: { path: '^sandbox/' }, to: { path: '^(src|test)/' } },
    {
      name: 'src-imports-no-tests',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(test|examples|bench)/' },
    },
    {
      name: 'sign-in-is-known-to-http-only',
      severity: 'error',
      from: { path: '^src/(?:mcp/(?!http/)|invocation/)' },
      to: { path: '^src/oauth/' },
    },
    {
      name: 'tedious-in-the-driver-rooms-only',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/database/driver/' },
      to: { path: 'node_modules/tedious/' },
    },
    {
      name: 'connections-in-two-rooms-only',
      severity: 'error',
      // The demo prepares its own sandbox as an administrator, before there is a server.
      from: { path: '^src/', pathNot: '^src/(database/(driver|connection)|cli/demo)/' },
      to: { path: 'node_modules/mssql/' },
    },
    {
      name: 'typeorm-in-two-rooms-only',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/database/(connection|entities)/' },
      to: { path: 'node_modules/typeorm/' },
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
