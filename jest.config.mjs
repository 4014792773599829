/** Three kinds of spec by what they need: `.spec` pure, `.int.spec` one real server, `.e2e.spec` the composed system. */
const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['/dist/', '<rootDir>/.stemma/', '<rootDir>/.runtime/'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
};

const kind = (displayName, testMatch, extra = {}) => ({ ...shared, displayName, testMatch, ...extra });
const onRealServers = { setupFilesAfterEnv: ['<rootDir>/scripts/retry-once.mjs'] };
const roots = ['apps', 'libs', 'projections', 'bench', 'scripts'];
const under = (suffix) => roots.map((root) => `<rootDir>/${root}/**/*${suffix}`);

export default {
  projects: [
    kind('pure', under('.spec.ts'), {
      testPathIgnorePatterns: ['\\.(int|e2e)\\.spec\\.ts$', '/node_modules/'],
    }),
    kind('int', under('.int.spec.ts'), onRealServers),
    kind('e2e', under('.e2e.spec.ts'), onRealServers),
  ],
  testTimeout: 120_000,
};
