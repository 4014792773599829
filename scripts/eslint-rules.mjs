/**
 * The lint rules of this house that no published plugin has. Each names the files it is for and shows code that breaks it
 * and code that does not; `eslint-rules.spec.ts` runs both, so a rule without examples fails.
 */
import path from 'node:path';

const specs = ['**/*.spec.ts'];

const forbid = (message, ...selectors) => ({
  meta: { type: 'problem', schema: [], messages: { forbidden: message } },
  create: (context) => ({
    [selectors.join(', ')]: (node) => context.report({ node, messageId: 'forbidden' }),
  }),
});

const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*\.(ts|mjs|js)$/;
const NOUN_OF_ALL_WORK =
  /[.-](service|util|helper|manager|common|misc)s?\.(ts|mjs|js)$|^(util|helper|common|misc)s?\./;

const fileName = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      case: '{{name}}: file names are kebab-case, after the main export.',
      noun: '{{name}}: name the file after the one verb or question it holds; such a noun collects everything.',
    },
  },
  create: (context) => ({
    Program: (node) => {
      const name = path.basename(context.filename).replace(/^\./, '');
      if (!KEBAB.test(name)) context.report({ node, messageId: 'case', data: { name } });
      if (NOUN_OF_ALL_WORK.test(name)) context.report({ node, messageId: 'noun', data: { name } });
    },
  }),
};

const ASSERTION = /^(expect|assert|then[A-Z]|then$)/;
const isFunction = (node) =>
  /^(ArrowFunctionExpression|FunctionExpression|FunctionDeclaration)$/.test(node?.type);
const calleeName = ({ callee }) => callee.property?.name ?? callee.name;

/** Every node below and including `node`. */
function* nodesOf(node, keys) {
  yield node;
  for (const key of keys[node.type] ?? []) {
    for (const child of [node[key]].flat()) if (child) yield* nodesOf(child, keys);
  }
}

/** The functions that a file declares, by name. */
function localFunctions(program, keys) {
  const found = new Map();
  for (const node of nodesOf(program, keys)) {
    if (node.type === 'FunctionDeclaration' && node.id) found.set(node.id.name, node);
    if (node.type === 'VariableDeclarator' && isFunction(node.init)) found.set(node.id.name, node.init);
  }
  return found;
}

/** Whether `root` calls an assertion, itself or through functions of its own file. */
function asserts(root, locals, keys, seen = new Set()) {
  for (const node of nodesOf(root, keys)) {
    if (node.type !== 'CallExpression') continue;
    const name = calleeName(node);
    if (ASSERTION.test(name)) return true;
    const local = locals.get(name);
    if (!local || seen.has(local)) continue;
    seen.add(local);
    if (asserts(local, locals, keys, seen)) return true;
  }
  return false;
}

const isTest = ({ callee }) => {
  const called = callee.type === 'CallExpression' ? callee.callee : callee;
  return /^(it|test)$/.test(called.object?.name ?? called.name);
};

const specAsserts = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      silent: 'This test asserts nothing: say what must be so with expect(…), or in a function named expect…',
    },
  },
  create: ({ sourceCode, report }) => {
    const keys = sourceCode.visitorKeys;
    const locals = localFunctions(sourceCode.ast, keys);
    return {
      CallExpression: (node) => {
        const body = isTest(node) && node.arguments.find(isFunction);
        if (body && !asserts(body, locals, keys)) report({ node, messageId: 'silent' });
      },
    };
  },
};

/** `[name, files, rule, breaches, passes]`, the last two as `[file, code]`. */
export const houseRules = [
  {
    name: 'file-name',
    files: ['**/*.ts', '**/*.mjs'],
    rule: fileName,
    breaches: [
      ['libs/commands/src/scripts.service.ts', 'export {};'],
      ['libs/commands/src/string-utils.ts', 'export {};'],
      ['libs/commands/src/helpers.ts', 'export {};'],
      ['libs/commands/src/publishVersion.ts', 'export {};'],
    ],
    passes: [
      ['libs/commands/src/publish-version.ts', 'export {};'],
      ['libs/commands/src/e12-kill-nine.int.spec.ts', 'export {};'],
      ['.dependency-cruiser.mjs', 'export {};'],
    ],
  },
  {
    name: 'no-default-in-fold',
    files: ['**/*.state.ts', '**/*.projection.ts'],
    rule: forbid(
      'A fold names every event, without default: a new event must be a compile error here.',
      'SwitchCase[test=null]',
    ),
    breaches: [
      ['libs/domain/src/run/run.state.ts', 'switch (type) { case "A": break; default: break; }'],
      ['projections/runs/runs.projection.ts', 'switch (type) { default: }'],
    ],
    passes: [
      ['libs/domain/src/run/run.state.ts', 'switch (type) { case "A": break; }'],
      ['libs/domain/src/run/start-run.ts', 'switch (type) { default: }'],
    ],
  },
  {
    name: 'no-sleep',
    files: specs,
    rule: forbid(
      'No sleeping in specs: wait for the condition itself, with a deadline.',
      'NewExpression[callee.name="Promise"] CallExpression[callee.name="setTimeout"][arguments.0.type="Identifier"]',
      'NewExpression[callee.name="Promise"] CallExpression[callee.name="setTimeout"] CallExpression[callee.name=/^(resolve|done|res)$/]',
      'CallExpression[callee.name=/^(sleep|delay|wait|pause)$/]',
      'CallExpression[callee.property.name=/^(sleep|delay)$/]',
      'ImportDeclaration[source.value=/^(node:)?timers.promises$/]',
    ),
    breaches: [
      ['libs/a/src/a.spec.ts', 'await new Promise((resolve) => setTimeout(resolve, 10));'],
      ['libs/a/src/a.int.spec.ts', 'await new Promise((done) => setTimeout(() => done(), 10));'],
      ['libs/a/src/a.e2e.spec.ts', 'await sleep(5);'],
      ['libs/a/src/a.spec.ts', 'import { setTimeout as rest } from "node:timers/promises";'],
    ],
    passes: [
      [
        'libs/a/src/a.spec.ts',
        'await new Promise((_, reject) => setTimeout(() => reject(new Error("late")), 10));',
      ],
      ['libs/a/src/a.ts', 'await new Promise((resolve) => setTimeout(resolve, 10));'],
    ],
  },
  {
    name: 'no-url-path',
    files: ['**/*.ts', '**/*.mjs'],
    rule: forbid(
      'The pathname of a URL is encoded, so a space in it leads nowhere: use path.resolve(import.meta.dirname, …).',
      'MemberExpression[property.name="pathname"]:has(MetaProperty)',
      'VariableDeclarator:has(ObjectPattern Property[key.name="pathname"]):has(MetaProperty)',
    ),
    breaches: [
      ['libs/a/src/a.spec.ts', 'const main = new URL("../dist/main.js", import.meta.url).pathname;'],
      ['scripts/a.mjs', 'const { pathname: main } = new URL("main.js", import.meta.url);'],
    ],
    passes: [
      ['libs/a/src/a.ts', 'const { pathname } = new URL(request.url, "http://admin");'],
      ['libs/a/src/a.ts', 'const main = path.resolve(import.meta.dirname, "../dist/main.js");'],
    ],
  },
  {
    name: 'no-skip',
    files: specs,
    rule: forbid(
      'Every spec runs, always: mend it or delete it.',
      'MemberExpression[property.name=/^(skip|only|todo|failing)$/][object.name=/^(it|test|describe)$/]',
      'MemberExpression[property.name=/^(skip|only|todo|failing)$/][object.property.name=/^(each|concurrent)$/]',
      'CallExpression[callee.name=/^(xit|fit|xtest|xdescribe|fdescribe)$/]',
    ),
    breaches: [
      ['libs/a/src/a.spec.ts', 'it.skip("a", () => expect(1).toBe(1));'],
      ['libs/a/src/a.int.spec.ts', 'describe.only("a", () => {});'],
      ['libs/a/src/a.spec.ts', 'test.todo("a");'],
      ['libs/a/src/a.spec.ts', 'it.concurrent.skip("a", () => expect(1).toBe(1));'],
      ['libs/a/src/a.spec.ts', 'xit("a", () => expect(1).toBe(1));'],
    ],
    passes: [['libs/a/src/a.spec.ts', 'it.each([1])("a %s", (n) => expect(n).toBe(1)); list.skip(3);']],
  },
  {
    name: 'spec-asserts',
    files: specs,
    rule: specAsserts,
    breaches: [
      ['libs/a/src/a.spec.ts', 'it("does nothing", () => { run(); });'],
      [
        'libs/a/src/a.spec.ts',
        'const run = () => 1; it.each([1])("does nothing %s", async () => { run(); });',
      ],
    ],
    passes: [
      ['libs/a/src/a.spec.ts', 'it("says", () => { expect(1).toBe(1); });'],
      ['libs/a/src/a.spec.ts', 'it("proves", () => fc.assert(property));'],
      ['libs/a/src/a.spec.ts', 'it("decides", () => specify(d).given().when(c).thenRejected("x"));'],
      ['libs/a/src/a.spec.ts', 'it("delegates", () => check(1)); function check(n) { expect(n).toBe(1); }'],
    ],
  },
];

export const stemma = { rules: Object.fromEntries(houseRules.map(({ name, rule }) => [name, rule])) };
