import { listedRules, rules } from './scripts/import-rules.mjs';

const forbidden = [...rules, ...listedRules()].map(({ name, comment, from, to }) => ({
  name,
  comment,
  from,
  to,
  severity: 'error',
}));

/** Names resolve as Node, TypeScript and Jest resolve them: by `exports`, under the `source` condition. */
export default {
  forbidden,
  options: {
    combinedDependencies: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|generated)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.cjs', '.json', '.d.ts'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
