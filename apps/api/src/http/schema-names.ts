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
  const { schemas } = z.toJSONSchema(registry, {
    io,
    uri: (id) => `#/components/schemas/${id}`,
    unrepresentable: 'any',
  });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, bare(schema)]));
}

/** The schema of one parameter as it is written in a URL. */
export function parametersOf(schema: z.ZodType): JsonSchema {
  return bare(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
}

/** `$schema` and `$id` say nothing inside of an OpenAPI document, and `$id` would change what references mean. */
function bare(schema: object): JsonSchema {
  const { $schema: _schema, $id: _id, id: _name, ...rest } = schema as JsonSchema;
  return rest;
}
