import tseslint from 'typescript-eslint';

const clockAndChance = [
  { name: 'Date', message: 'Time is an input of the domain: take it from the command.' },
  { name: 'process', message: 'The domain knows no process: take settings as inputs.' },
  { name: 'setTimeout', message: 'The domain knows no clock.' },
  { name: 'fetch', message: 'The domain does no I/O.' },
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.runtime/**', '.stemma/**', '.cache/**', '**/generated/**', 'examples/**'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { noInlineConfig: true },
    rules: {
      complexity: ['error', 12],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-depth': ['error', 3],
      'max-params': ['error', 5],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
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
    files: ['libs/domain/src/**/*.ts', 'libs/decider/src/**/*.ts', 'projections/**/*.projection.ts'],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-globals': ['error', ...clockAndChance],
      'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: 'Chance is an input of the domain.' }],
    },
  },
  {
    files: ['**/*.spec.ts', '**/*.fixtures.ts'],
    rules: { 'max-lines-per-function': 'off', 'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }] },
  },
);
