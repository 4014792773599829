import type { OpenAPIObject } from '@nestjs/swagger';
import fc from 'fast-check';

/** JSON Schema, as far as the OpenAPI document uses it. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: Schema;
}

interface Declared {
  readonly operationId: string;
  readonly 'x-access': string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

/** An operation with all that a request to it may hold. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly access: string;
  readonly parameters: readonly Parameter[];
  /** The schema of its JSON body; undefined when it takes none. */
  readonly body: Schema | undefined;
}

export interface FuzzRequest {
  readonly operation: Operation;
  readonly url: string;
  readonly as: string | null;
  readonly body: string | undefined;
}

/** Every operation there is, so that what is generated from them includes those that are added later. */
export function operationsOf(document: OpenAPIObject): readonly Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods as unknown as Readonly<Record<string, Declared>>).map(([method, declared]) => ({
      id: declared.operationId,
      method: method.toUpperCase(),
      path,
      access: declared['x-access'],
      parameters: declared.parameters ?? [],
      body: declared.requestBody?.content['application/json']?.schema,
    })),
  );
}

/** The fields that an operation takes in its body, whichever of its forms. */
export function fieldsOf(document: OpenAPIObject, schema: Schema | undefined): ReadonlySet<string> {
  if (!schema) return new Set();
  const { properties = {}, anyOf = [], oneOf = [] } = resolved(document, schema);
  const others = [...anyOf, ...oneOf].flatMap((one) => [...fieldsOf(document, one)]);
  return new Set([...Object.keys(properties), ...others]);
}

function resolved(document: OpenAPIObject, schema: Schema): Schema {
  const name = schema.$ref?.split('/').at(-1);
  const found = name === undefined ? undefined : document.components?.schemas?.[name];
  return (found as Schema | undefined) ?? schema;
}

/** What a caller may have in mind: mostly things that exist or could, sometimes anything at all. */
const words = fc.oneof(
  fc.constantFrom(
    'sales',
    'other',
    'made-up',
    'admin',
    'author',
    '1',
    '2',
    '0',
    '-1',
    'constructor',
    '__proto__',
  ),
  fc.uuid(),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 80 }),
);

const byFormat: Readonly<Record<string, fc.Arbitrary<string>>> = {
  uuid: fc.uuid(),
  'date-time': fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
};

const MOST_DEPTH = 6;

/** Values that fit the schema, or nearly: whatever is not said is anything. */
function valuesOf(document: OpenAPIObject, given: Schema, depth = 0): fc.Arbitrary<unknown> {
  const schema = resolved(document, given);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (depth > MOST_DEPTH) return fc.constant(null);
  if (alternatives) return fc.oneof(...alternatives.map((one) => valuesOf(document, one, depth + 1)));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.type === 'object') return objectsOf(document, schema, depth);
  if (schema.type === 'array') {
    return fc.array(valuesOf(document, schema.items ?? {}, depth + 1), { maxLength: 4 });
  }
  return scalarsOf(schema);
}

function scalarsOf({ type, format, minimum = -2, maximum = 1_000 }: Schema): fc.Arbitrary<unknown> {
  switch (type) {
    case 'string':
      return byFormat[format ?? ''] ?? words;
    case 'integer':
      return fc.integer({ min: minimum, max: Math.max(minimum, maximum) });
    case 'number':
      return fc.double({ min: minimum, max: Math.max(minimum, maximum), noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return fc.jsonValue({ maxDepth: 3 });
  }
}

function objectsOf(document: OpenAPIObject, schema: Schema, depth: number): fc.Arbitrary<unknown> {
  const members = Object.entries(schema.properties ?? {}).map(
    ([name, member]) => [name, valuesOf(document, member, depth + 1)] as const,
  );
  const requiredKeys = (schema.required ?? []).filter((name) => schema.properties?.[name] !== undefined);
  return fc.record(Object.fromEntries(members), { requiredKeys: requiredKeys as never[] });
}

/** Bodies: mostly what the schema asks for, sometimes another value, sometimes no JSON at all. */
function bodiesOf(document: OpenAPIObject, schema: Schema): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 6, arbitrary: valuesOf(document, schema).map((value) => JSON.stringify(value)) },
    { weight: 2, arbitrary: fc.json({ maxDepth: 8 }) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
  );
}

/** One request to one operation, by somebody. Operators' acts on projections are tried by those who may not. */
export function requestsTo(document: OpenAPIObject, operation: Operation): fc.Arbitrary<FuzzRequest> {
  const { parameters, path, body, access } = operation;
  const people = access === 'projection:operate' ? ['author', null] : ['author', 'admin', 'admin', null];
  const inPath = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
  const inQuery = parameters.filter((one) => one.in === 'query');
  const query = fc.record(
    Object.fromEntries(
      inQuery.map(({ name, schema }) => [name, fc.oneof(valuesOf(document, schema), words).map(String)]),
    ),
    { requiredKeys: [] },
  );
  return fc
    .record({
      names: fc.tuple(...inPath.map(() => words)),
      query,
      as: fc.constantFrom(...people),
      body: body ? fc.option(bodiesOf(document, body), { nil: undefined }) : fc.constant(undefined),
    })
    .map(({ names, query: asked, ...rest }) => {
      const filled = inPath.reduce(
        (url, name, index) => url.replace(`{${name}}`, encodeURIComponent(wellFormed(names[index] ?? ''))),
        path,
      );
      const search = new URLSearchParams(asked as Readonly<Record<string, string>>).toString();
      return { operation, url: search === '' ? filled : `${filled}?${search}`, ...rest };
    });
}

/** What an encoder of URLs can take. */
const wellFormed = (text: string): string => text.toWellFormed();
