import { namedSchemas } from '@stemma/contracts';
import { z } from 'zod';

type Kind = keyof typeof namedSchemas;
type JsonSchema = Record<string, unknown>;

const names: Readonly<Record<Kind, ReadonlyMap<z.ZodType, string>>> = {
  requests: new Map(
    Object.entries(namedSchemas.requests).map(([name, schema]) => [schema as z.ZodType, name]),
  ),
  responses: new Map(
    Object.entries(namedSchemas.responses).map(([name, schema]) => [schema as z.ZodType, name]),
  ),
};

/** The name of a schema in the OpenAPI document. Throws for one that `namedSchemas` does not list. */
export function nameOf(kind: Kind, schema: z.ZodType): string {
  const name = names[kind].get(schema);
  if (name === undefined)
    throw new Error(`A schema of the ${kind} has no name: list it in namedSchemas of contracts`);
  return name;
}

/** All named schemas as JSON Schema (2020-12, as OpenAPI 3.1 has it), referring to each other by name. */
export function componentSchemas(): Readonly<Record<string, JsonSchema>> {
  return { ...schemasOf('requests', 'input'), ...schemasOf('responses', 'output') };
}

function schemasOf(kind: Kind, io: 'input' | 'output'): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [schema, id] of names[kind]) registry.add(schema, { id });
  const uri = (id: string) => `#/components/schemas/${id}`;
  const { schemas } = z.toJSONSchema(registry, { io, uri, unrepresentable: 'any' });
  const { __shared: _anyJson, ...named } = schemas;
  return Object.fromEntries(Object.entries(named).map(([id, schema]) => [id, plain(schema) as JsonSchema]));
}

/** The schema of one parameter as callers think of it: a number is a number, although a URL writes it as text. */
export function parameterOf(schema: z.ZodType): JsonSchema {
  const read = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' });
  const written = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return plain(read.type === 'integer' ? read : written) as JsonSchema;
}

/** Said inside of an OpenAPI document already, or by `format`, or a limit of zod's that is none of ours. */
function isNoise(key: string, value: unknown, schema: object): boolean {
  if (key === '$schema' || key === '$id' || key === 'id') return true;
  if (key === 'pattern') return 'format' in schema;
  return (key === 'minimum' || key === 'maximum') && Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER;
}

/** Any JSON value is `{}`; zod would write its recursion out, in a place where OpenAPI does not look. */
const isAnyJson = (schema: object): boolean =>
  '$ref' in schema && typeof schema.$ref === 'string' && schema.$ref.includes('__shared');

function plain(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(plain);
  if (typeof schema !== 'object' || schema === null) return schema;
  if (isAnyJson(schema)) return {};
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key, value]) => typeof value === 'object' || !isNoise(key, value, schema))
      .map(([key, value]) => [key, plain(value)]),
  );
}
