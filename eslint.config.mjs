import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { houseRules, stemma } from './scripts/eslint-rules.mjs';

const pure = ['libs/domain/src/**/*.ts', 'libs/decider/src/**/*.ts', 'projections/**/*.projection.ts'];
const specs = ['**/*.spec.ts', '**/*.fixtures.ts'];

const nodeGlobals = [
  ...[
    'AbortController',
    'AbortSignal',
    'Buffer',
    'console',
    'fetch',
    'performance',
    'process',
    'structuredClone',
  ],
  ...['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'URL', 'URLSearchParams'],
  ...['TextDecoder', 'TextEncoder'],
];

const time = 'Time is an input of the domain: take it from the command.';
const chance = 'Chance is an input of the domain: take ids and seeds from the command.';
const io = 'The domain does no I/O and knows no process: take what is needed as input.';
const impure = [
  ...['Date', 'performance', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'].map((name) => ({
    name,
    message: time,
  })),
  { name: 'crypto', message: chance },
  ...['process', 'fetch', 'console', 'globalThis'].map((name) => ({ name, message: io })),
];
const impureImports = [
  { name: 'node:crypto', allowImportNames: ['hash'], message: chance },
  { name: 'uuid', allowImportNames: ['v5'], message: chance },
];

const sizes = (lines, perFunction) => {
  const count = (max) => ['error', { max, skipBlankLines: true, skipComments: true }];
  return {
    'max-lines': count(lines),
    'max-lines-per-function': perFunction === null ? 'off' : count(perFunction),
  };
};

const everywhere = {
  complexity: ['error', 12],
  ...sizes(300, 60),
  'max-depth': ['error', 3],
  'max-params': ['error', 5],
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'] }],
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
};

export default defineConfig(
  {
    ignores: [
      '**/dist/**',
      '**/generated/**',
      '.runtime/**',
      '.stemma/**',
      '.cache/**',
      'coverage/**',
      'examples/**',
    ],
  },
  { linterOptions: { noInlineConfig: true } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...everywhere,
      'no-console': 'error',
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: ['**/*.mjs'],
    extends: [tseslint.configs.recommended],
    languageOptions: { globals: Object.fromEntries(nodeGlobals.map((name) => [name, 'readonly'])) },
    rules: { ...everywhere, 'no-undef': 'error' },
  },
  {
    // Nest reads constructor types at run time, so an import there must stay a value.
    files: ['apps/**/*.ts', 'libs/commands/**/*.ts'],
    rules: { '@typescript-eslint/consistent-type-imports': 'off' },
  },
  {
    files: ['apps/cli/**/*.ts', 'apps/local/**/*.ts', 'bench/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: pure,
    ignores: specs,
    rules: {
      'no-restricted-globals': ['error', ...impure],
      'no-restricted-imports': ['error', { paths: impureImports }],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: chance }],
    },
  },
  {
    files: specs,
    rules: {
      ...sizes(400, null),
      // Jest's matchers (`expect.any(String)`) are typed as any.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      // That something does not compile is an outcome, too.
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': 'allow-with-description' }],
    },
  },
  ...houseRules.map(({ name, files }) => ({
    files,
    plugins: { stemma },
    rules: { [`stemma/${name}`]: 'error' },
  })),
);
