import { canonicalJson } from '@stemma/domain';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { RE2JS } from 're2js';
import { boundFaults, type InputFault } from './schema-faults.js';

const LONGEST_PATTERN = 500;
const MOST_FAULTS = 20;
const KEPT = 200;

/** Patterns in an engine that takes time in proportion to the text, whatever the pattern is: no input can hang it. */
function linearPattern(pattern: string): {
  readonly test: (text: string) => boolean;
  readonly toString: () => string;
} {
  if (pattern.length > LONGEST_PATTERN)
    throw new Error(`a pattern has at most ${LONGEST_PATTERN} characters`);
  const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern));
  // The validator keeps patterns apart by their text.
  return { test: (text) => compiled.matcher(text).find(), toString: () => `linear:${pattern}` };
}

const engine = Object.assign(linearPattern, { code: 'linearPattern' });

const formats: Readonly<Record<string, (text: string) => boolean>> = {
  date: (text) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)),
  'date-time': (text) =>
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(text) &&
    !Number.isNaN(Date.parse(text)),
  email: (text) => text.length <= 320 && /^[^\s@]+@[^\s@]+$/.test(text),
  uri: (text) => URL.canParse(text),
  uuid: (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text),
};

function openAjv(): Ajv2020 {
  const ajv = new Ajv2020({
    strict: true,
    strictRequired: false,
    strictTypes: false,
    allErrors: true,
    validateSchema: true,
    addUsedSchema: false,
    logger: false,
    code: { regExp: engine },
    formats,
  });
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    validate: (wanted: boolean, items: readonly unknown[]) =>
      !wanted || new Set(items.map(canonicalJson)).size === items.length,
  });
  return ajv;
}

/** A schema that checks inputs, or what is wrong with it. */
type Compiled = { readonly faults: readonly InputFault[] } | { readonly check: ValidateFunction };

const ajv = openAjv();

function compile(schema: Readonly<Record<string, unknown>>): Compiled {
  const faults = boundFaults(schema);
  if (faults.length > 0) return { faults };
  const { $schema: _dialect, ...plain } = schema;
  try {
    return { check: ajv.compile(plain) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { faults: [{ path: '', message: message.slice(0, 500) }] };
  } finally {
    ajv.removeSchema(plain);
  }
}

/** What is wrong with a schema that a version is to be saved with; nothing when it can check inputs. */
export function schemaFaults(schema: Readonly<Record<string, unknown>>): readonly InputFault[] {
  const { $schema: dialect } = schema;
  if (dialect !== undefined && !isOurs(dialect))
    return [{ path: '/$schema', message: `must be ${DIALECT}: its words would mean something else here` }];
  const compiled = compile(schema);
  return 'faults' in compiled ? compiled.faults : [];
}

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
const isOurs = (dialect: unknown): boolean => dialect === DIALECT || dialect === `${DIALECT}#`;

const kept = new Map<string, Compiled>();

/** The newest few are kept by the hash of the content that they stand in. */
function compiledOf(contentHash: string, schema: Readonly<Record<string, unknown>>): Compiled {
  const compiled = kept.get(contentHash) ?? compile(schema);
  kept.delete(contentHash);
  kept.set(contentHash, compiled);
  if (kept.size > KEPT) kept.delete(kept.keys().next().value ?? '');
  return compiled;
}

/**
 * Where an input breaks the schema of its version; nothing when it keeps it. A schema of an older release that would be
 * refused today is answered as the fault that it is.
 */
export function inputFaults(
  contentHash: string,
  schema: Readonly<Record<string, unknown>>,
  input: unknown,
): readonly InputFault[] {
  const compiled = compiledOf(contentHash, schema);
  if ('faults' in compiled)
    return compiled.faults.map(({ path, message }) => ({ path: `/inputSchema${path}`, message }));
  if (compiled.check(input)) return [];
  return (compiled.check.errors ?? []).slice(0, MOST_FAULTS).map(faultOf);
}

function faultOf({ instancePath, message = 'is not as its schema says', params }: ErrorObject): InputFault {
  const more: unknown = (params as Readonly<Record<string, unknown>>)['additionalProperty'];
  const named = typeof more === 'string' ? `: ${more.slice(0, 100)}` : '';
  return { path: instancePath, message: message + named };
}
