// Who may import whom. Each rule names the folders that a folder may reach; everything else of this repository is forbidden.
const only = (from, allowed) => ({
  name: `${from.replace('/', '-')}-imports`,
  severity: 'error',
  from: { path: `^${from}/` },
  to: { path: '^(runtime|src)/', pathNot: [`^${from}/`, ...allowed.map((folder) => `^${folder}/`)] },
});

// The visitor of swc, with which the sources are read, does not know `using` declarations: they are visited as others are.
const { Visitor } = require('@swc/core/Visitor.js');
const visitStatement = Visitor.prototype.visitStatement;
Visitor.prototype.visitStatement = function (statement) {
  if (statement.type !== 'UsingDeclaration') return visitStatement.call(this, statement);
  statement.decls = this.visitVariableDeclarators(statement.decls);
  return statement;
};

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    only('runtime', []),
    only('src/protocol', ['runtime']),
    only('src/report', ['src/protocol', 'runtime']),
    only('src/node', []),
    only('src/analysis', ['src/protocol']),
    only('src/server', ['src/analysis', 'src/protocol']),
    only('src/job', ['runtime', 'src/node', 'src/report', 'src/protocol']),
    only('src/engine', ['runtime', 'src/job', 'src/report', 'src/protocol']),
    only('src/editor', ['src/node', 'src/protocol', 'src/report']),
    only('src/panel', ['src/protocol', 'src/report']),
    only('src/cli', [
      'runtime',
      'src/analysis',
      'src/engine',
      'src/job',
      'src/node',
      'src/protocol',
      'src/report',
      'src/server',
    ]),
    {
      name: 'runtime-needs-node-only',
      comment: 'The library has no dependency but what its own package.json names.',
      severity: 'error',
      from: { path: '^runtime/' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'protocol-and-report-are-pure',
      severity: 'error',
      from: { path: '^src/(protocol|report|panel)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'vscode-in-editor-only',
      severity: 'error',
      from: { path: '^(runtime|src)/', pathNot: '^src/editor/' },
      to: { path: '^vscode(-languageclient)?($|/)' },
    },
    {
      name: 'ts-morph-in-analysis-only',
      severity: 'error',
      from: { path: '^(runtime|src)/', pathNot: '^src/analysis/' },
      to: { path: 'ts-morph' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^vscode$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types'] },
  },
};
