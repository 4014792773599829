import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import config from '../eslint.config.mjs';
import { houseRules } from './eslint-rules.mjs';

const root = path.resolve(import.meta.dirname, '..');
const typed = new ESLint({ cwd: root, overrideConfigFile: true, overrideConfig: config });
const untyped = new ESLint({
  cwd: root,
  overrideConfigFile: true,
  overrideConfig: [...config, tseslint.configs.disableTypeChecked],
});

/** What the linter says of `code`, were it in `file`: rule ids, or the message where no rule speaks. */
async function faults(eslint: ESLint, file: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: path.join(root, file) });
  return (result?.messages ?? []).map(({ ruleId, message }) => ruleId ?? message);
}

describe('the rules of this house', () => {
  it.each(houseRules)('$name has examples of both kinds', ({ breaches, passes }) => {
    expect([breaches.length, passes.length].every((examples) => examples > 0)).toBe(true);
  });

  it.each(cases('breaches'))('%s reports %s: %s', async (rule, file, code) => {
    expect(await faults(untyped, file, code)).toContain(`stemma/${rule}`);
  });

  it.each(cases('passes'))('%s lets %s pass: %s', async (rule, file, code) => {
    expect(await faults(untyped, file, code)).not.toContain(`stemma/${rule}`);
  });
});

function cases(kind: 'breaches' | 'passes'): [rule: string, file: string, code: string][] {
  return houseRules.flatMap((rule) =>
    rule[kind].map((example): [string, string, string] => [rule.name, example[0] ?? '', example[1] ?? '']),
  );
}

const lines = (count: number, line = 'count += 1;') => Array<string>(count).fill(line).join('\n');
const branches = (count: number) => lines(count, 'if (Math.abs(count) > 1) count += 1;');
const inner = 'libs/domain/src/script/some-command.ts';
const outer = 'libs/read-model/src/some-file.ts';

describe('the borrowed rules, as set here', () => {
  it.each([
    ['complexity', outer, `export function f(count) {\n${branches(13)}\n}`],
    ['max-lines', outer, `let count = 0;\n${lines(301)}`],
    ['max-lines-per-function', outer, `export function f(count) {\n${lines(61)}\n}`],
    ['max-depth', outer, 'export const f = (a) => { if (a) { if (a) { if (a) { if (a) { a(); } } } } };'],
    ['max-params', outer, 'export const f = (a, b, c, d, e, g) => [a, b, c, d, e, g];'],
    ['eqeqeq', outer, 'export const f = (a, b) => a == b;'],
    ['no-console', outer, 'console.log(1);'],
    ['no-warning-comments', outer, '// TODO later\nexport {};'],
    ['no-undef', 'scripts/some-script.mjs', 'notDefined();'],
    ['complexity', 'scripts/some-script.mjs', `export function f(count) {\n${branches(13)}\n}`],
    ['@typescript-eslint/no-explicit-any', outer, 'export const f = (a: any) => [a];'],
    ['@typescript-eslint/no-unused-vars', outer, 'const unused = 1;'],
    ['@typescript-eslint/ban-ts-comment', outer, '// @ts-expect-error it does not compile\nexport {};'],
    ['@typescript-eslint/ban-ts-comment', 'libs/a/src/a.spec.ts', '// @ts-ignore\nexport {};'],
    ['no-restricted-globals', inner, 'export const now = () => new Date();'],
    ['no-restricted-globals', inner, 'export const home = () => process.env.HOME;'],
    ['no-restricted-globals', inner, 'export const later = (f) => setTimeout(f, 1);'],
    ['no-restricted-globals', 'projections/runs/runs.projection.ts', 'export const now = () => Date.now();'],
    ['no-restricted-properties', inner, 'export const dice = () => Math.random();'],
    ['no-restricted-imports', inner, "import { randomUUID } from 'node:crypto';\nexport { randomUUID };"],
    ['no-restricted-imports', inner, "import { v4 } from 'uuid';\nexport { v4 };"],
  ])('%s reports a breach in %s', async (rule, file, code) => {
    expect(await faults(untyped, file, code)).toContain(rule);
  });

  /** A real file of a real project, because these rules ask the compiler; its text is replaced. */
  const real = 'libs/decider/src/decider.ts';

  it.each([
    ['@typescript-eslint/no-floating-promises', 'export function f(p: Promise<void>) { p; }'],
    [
      '@typescript-eslint/switch-exhaustiveness-check',
      'export function f(x: "a" | "b"): void { switch (x) { case "a": return; } }',
    ],
    [
      '@typescript-eslint/consistent-type-imports',
      "import { Rejection } from './rejection.js';\nexport type R = Rejection;",
    ],
  ])('%s reports a breach', async (rule, code) => {
    expect(await faults(typed, real, code)).toContain(rule);
  });

  it('nothing can be switched off inside a file', async () => {
    const code = '/* eslint-disable no-console */\nconsole.log(1);';
    const found = await faults(untyped, outer, code);
    expect(found).toContain('no-console');
    expect(found).toContainEqual(expect.stringContaining('noInlineConfig'));
  });
});
