/**
 * Golden events: how each event of the domain stands in logs out there, with its metadata. What a release has written is
 * never changed; every build reads them, upcast, against today's types, so that a field that was changed, removed or added
 * as required is noticed while it can be mended.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const root = path.resolve(import.meta.dirname, '..');
export const folder = path.join(root, 'libs/domain/golden');
const EVENTS = path.join(root, 'libs/domain/src/events.ts');
const UNION = 'StemmaEvent';
/** Beside the domain's: what the projection engine says in the log. */
const IMPORTS = `import type { ${UNION} as OfDomain, EventMetadata } from './events.js';
import type { OpsEvent } from '../../read-model/src/log/ops-events.js';
type ${UNION} = OfDomain | OpsEvent;
`;

function compilerOptions() {
  const { config } = ts.readConfigFile(path.join(root, 'tsconfig.base.json'), (file) =>
    readFileSync(file, 'utf8'),
  );
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  return { ...options, noEmit: true, composite: false, incremental: false, declaration: false, types: [] };
}

/**
 * A program over the events and over `text` beside them.
 *
 * @param {string} text
 */
function programWith(text) {
  const options = compilerOptions();
  const host = ts.createCompilerHost(options);
  const file = path.join(path.dirname(EVENTS), 'golden-check.ts');
  const { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (name, ...rest) =>
    name === file
      ? ts.createSourceFile(name, text, options.target ?? ts.ScriptTarget.ES2023)
      : getSourceFile(name, ...rest);
  host.fileExists = (name) => name === file || fileExists(name);
  host.readFile = (name) => (name === file ? text : readFile(name));
  return { program: ts.createProgram([file], options, host), file };
}

/**
 * The type names of all events, from the union itself, and what makes samples of them.
 *
 * @returns {{ types: string[], sampleOf: (type: string) => object[] }}
 */
export function readUnion() {
  const { program, file } = programWith(
    `${IMPORTS}export type E = ${UNION};\nexport type M = EventMetadata;\n`,
  );
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const named = (name) =>
    checker.getTypeAtLocation(
      source.statements.find((node) => ts.isTypeAliasDeclaration(node) && node.name.text === name),
    );
  const members = new Map(
    named('E').types.map((type) => [literalOf(propertyType(checker, type, 'type')), type]),
  );
  const metadata = sampler(checker, 0)(named('M'), 'metadata');
  return {
    types: [...members.keys()].sort(),
    sampleOf(type) {
      const data = propertyType(checker, members.get(type), 'data');
      const many = Math.min(8, mostVariants(checker, data));
      const events = Array.from({ length: many }, (_, at) => ({
        type,
        data: sampler(checker, at)(data, 'data'),
        metadata,
      }));
      return events.filter(
        (event, at) => at === 0 || JSON.stringify(event) !== JSON.stringify(events[at - 1]),
      );
    },
  };
}

const literalOf = (type) => type.value;

function propertyType(checker, type, name) {
  return checker.getTypeOfSymbol(type.getProperty(name));
}

const isOf = (type, flag) => (type.flags & flag) !== 0;
/** The alternatives of a type, `undefined` left out and `null` last. */
const variantsOf = (type) =>
  (type.isUnion() ? type.types : [type])
    .filter((one) => !isOf(one, ts.TypeFlags.Undefined))
    .sort((one, other) => Number(isOf(one, ts.TypeFlags.Null)) - Number(isOf(other, ts.TypeFlags.Null)));

function mostVariants(checker, type, depth = 0) {
  if (depth > 6) return 1;
  const own = variantsOf(type);
  const below = own.flatMap((one) => [
    ...(elementOf(checker, one) ? [mostVariants(checker, elementOf(checker, one), depth + 1)] : []),
    ...propertiesOf(checker, one).map(([, value]) => mostVariants(checker, value, depth + 1)),
  ]);
  return Math.max(own.length, 1, ...below);
}

const elementOf = (checker, type) =>
  checker.isArrayType(type) || checker.isTupleType(type) ? checker.getTypeArguments(type)[0] : undefined;

function propertiesOf(checker, type) {
  if (!isOf(type, ts.TypeFlags.Object | ts.TypeFlags.Intersection) || elementOf(checker, type)) return [];
  return checker.getPropertiesOfType(type).map((symbol) => [symbol.name, checker.getTypeOfSymbol(symbol)]);
}

/** Makes values of types: of each alternative the one at `at`, so that a few samples show all of them. */
function sampler(checker, at) {
  const sample = (type, name, depth = 0) => {
    const variants = variantsOf(type);
    const one = variants[at % variants.length] ?? type;
    if (isOf(one, ts.TypeFlags.Null)) return null;
    if (one.isLiteral()) return one.value;
    if (isOf(one, ts.TypeFlags.BooleanLiteral)) return checker.typeToString(one) === 'true';
    if (isOf(one, ts.TypeFlags.StringLike)) return wordFor(name);
    if (isOf(one, ts.TypeFlags.NumberLike)) return at + 1;
    if (depth > 8 || isOf(one, ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return `any ${name}`;
    return wholeOf(one, name, depth);
  };
  const wholeOf = (type, name, depth) => {
    const element = elementOf(checker, type);
    if (element) return [sample(element, name, depth + 1)];
    const entries = propertiesOf(checker, type).map(([key, value]) => [key, sample(value, key, depth + 1)]);
    const open = checker.getIndexTypeOfType(type, ts.IndexKind.String);
    if (open) entries.push(['key', sample(open, 'key', depth + 1)]);
    return Object.fromEntries(entries);
  };
  return sample;
}

const SHAPES = [
  [/Ids?$|^id$|^commandId$/, '0192f3a4-0000-5000-8000-00000000000a'],
  [/[hH]ash$|digest/i, 'a'.repeat(64)],
  [/At$|^at$|^due$|^from$|^to$/, '2026-11-21T08:00:00.000Z'],
];
const wordFor = (name) => SHAPES.find(([shape]) => shape.test(name))?.[1] ?? `a ${name}`;

/**
 * The golden files there are: `<Type>.json`, and `<Type>.v<n>.json` for later versions of a type's schema.
 *
 * @returns {{ file: string, events: { type: string, data: object, metadata: object }[] }[]}
 */
export function readGolden() {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort();
  return files.map((file) => ({ file, events: JSON.parse(readFileSync(path.join(folder, file), 'utf8')) }));
}

export const fileOf = (type, version = 1) => (version === 1 ? `${type}.json` : `${type}.v${version}.json`);

/**
 * Why events, as they are after upcasting, are none of today's union: one line each.
 *
 * @param {readonly { name: string, event: object }[]} events
 * @returns {string[]}
 */
export function misfits(events) {
  const head = `${IMPORTS}type Of<T> = Extract<${UNION}, { readonly type: T }> & { readonly metadata: EventMetadata & { readonly schema?: number } };\n`;
  const lines = events.map(
    ({ event }, at) => `export const e${at}: Of<${JSON.stringify(event.type)}> = ${JSON.stringify(event)};`,
  );
  const { program, file } = programWith(head + lines.join('\n'));
  const source = program.getSourceFile(file);
  const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  return found.map(({ start, messageText }) => {
    const { line } = source.getLineAndCharacterOfPosition(start ?? 0);
    return `${events[line - head.split('\n').length + 1]?.name ?? 'golden'}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}
