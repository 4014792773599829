import { applyDecorators, HttpCode, UseGuards } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiExtension,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiResponse,
} from '@nestjs/swagger';
import { headers, type ProblemCode, problemKinds } from '@stemma/contracts';
import type { z } from 'zod';
import { type Access, Public, Requires } from '../identity/declare.js';
import { noQuery } from './no-query.js';
import { nameOf, parameterOf } from './schema-names.js';

/** What a handler is, for people, for the guard and for the generated client. */
export interface OperationOptions {
  /** The name of the operation in the client; camelCase. */
  readonly id: string;
  readonly summary: string;
  readonly access: Exclude<Access, 'metrics'>;
  readonly answer: z.ZodType;
  readonly status?: 200 | 201 | 202;
  readonly body?: z.ZodType;
  readonly params?: Readonly<Record<string, z.ZodType>>;
  readonly query?: z.ZodObject;
  /** A command answers with its position, takes an Idempotency-Key and may take If-Match. */
  readonly command?: true;
  /** A query waits for Stemma-Min-Position. */
  readonly waits?: true;
  readonly refusals?: readonly ProblemCode[];
  /** Other representations of the answer than JSON. */
  readonly also?: readonly string[];
}

type Decorator = MethodDecorator & ClassDecorator & PropertyDecorator;

/** One declaration per handler: its documentation, its access and its status cannot drift apart. */
export function Operation(options: OperationOptions): MethodDecorator {
  const { id, summary, access, status = 200, answer, body, params = {}, query, also = [] } = options;
  const decorators: (ClassDecorator | MethodDecorator | PropertyDecorator)[] = [
    ApiOperation({ operationId: id, summary }),
    access === 'public' ? Public(id) : Requires(access, id),
    ApiExtension('x-access', access),
    HttpCode(status),
    ApiResponse({ status, description: summary, content: representations(answer, also) }),
    ...refusalsOf(options),
    ...Object.entries(params).map(([name, schema]) => ApiParam({ name, schema: parameterOf(schema) })),
    ...(query ? queryParameters(query) : []),
    ...(body ? [ApiBody({ schema: reference('requests', body), required: !isEmpty(body) })] : []),
    ...headersOf(options),
  ];
  if (access !== 'public') decorators.push(ApiBearerAuth('key'));
  if (access !== 'public' && !query) decorators.push(UseGuards(noQuery));
  return applyDecorators(...(decorators as Decorator[]));
}

const reference = (kind: 'requests' | 'responses', schema: z.ZodType) => ({
  $ref: `#/components/schemas/${nameOf(kind, schema)}`,
});

function representations(answer: z.ZodType, also: readonly string[]) {
  const others = also.map((type) => [type, { schema: { type: 'string' as const } }] as const);
  return { 'application/json': { schema: reference('responses', answer) }, ...Object.fromEntries(others) };
}

/** A body that may hold nothing may be left out. */
const isEmpty = (body: z.ZodType): boolean => body.safeParse({}).success;

function queryParameters(query: z.ZodObject): MethodDecorator[] {
  return Object.entries(query.shape).map(([name, schema]) =>
    ApiQuery({
      name,
      required: !(schema as z.ZodType).safeParse(undefined).success,
      schema: parameterOf(schema as z.ZodType),
    }),
  );
}

function headersOf({ command, waits }: OperationOptions): MethodDecorator[] {
  const text = { type: 'string' } as const;
  const header = (name: string, description: string) =>
    ApiHeader({ name, description, required: false, schema: text });
  if (command) {
    return [
      header(
        headers.idempotencyKey,
        'Makes repeating safe: the same key and body is answered as the first time',
      ),
      header('If-Match', 'The ETag of the script as you saw it'),
      header(
        headers.correlationId,
        'Stands in the metadata of the events; the trace id, else the request id, when absent',
      ),
    ];
  }
  return waits
    ? [header(headers.minPosition, 'Read your writes: a Stemma-Position of an earlier answer')]
    : [];
}

const ALWAYS: readonly ProblemCode[] = ['invalid-request', 'internal-error', 'unavailable'];
const CLOSED: readonly ProblemCode[] = ['unauthenticated', 'forbidden', 'rate-limited'];
const COMMAND: readonly ProblemCode[] = [
  'malformed-json',
  'body-too-large',
  'unsupported-media-type',
  'idempotency-key-reused',
  'precondition-failed',
  'changed-meanwhile',
  'busy',
];
const WAITS: readonly ProblemCode[] = ['not-yet-visible', 'other-log', 'projection-building'];

function refusalsOf({ access, command, waits, refusals = [] }: OperationOptions): MethodDecorator[] {
  const codes = [
    ...ALWAYS,
    ...(access === 'public' ? [] : CLOSED),
    ...(command ? COMMAND : []),
    ...(waits ? WAITS : []),
    ...refusals,
  ];
  const byStatus = Map.groupBy(new Set(codes), (code) => problemKinds[code].status);
  return [...byStatus].map(([status, those]) =>
    ApiResponse({
      status,
      description: those.map((code) => `\`${code}\`: ${problemKinds[code].title}`).join('. '),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    }),
  );
}
