import type { operations } from './generated/schema.js';

/** The id of an operation, as the OpenAPI document names it. */
export type OperationId = keyof operations;

type Parameters<Id extends OperationId> = operations[Id]['parameters'];

type Given<Name extends string, Value> = [Value] extends [never]
  ? unknown
  : undefined extends Value
    ? { readonly [Key in Name]?: Exclude<Value, undefined> }
    : { readonly [Key in Name]: Value };

type PathOf<Id extends OperationId> =
  Parameters<Id> extends { readonly path: infer Path extends object } ? Path : never;

type QueryOf<Id extends OperationId> =
  Parameters<Id> extends { readonly query: infer Query extends object }
    ? Query
    : Parameters<Id> extends { readonly query?: infer Query }
      ? [Exclude<Query, undefined>] extends [never]
        ? never
        : Exclude<Query, undefined> | undefined
      : never;

type BodyOf<Id extends OperationId> = operations[Id] extends {
  readonly requestBody: { readonly content: { readonly 'application/json': infer Body } };
}
  ? Body
  : operations[Id] extends {
        readonly requestBody?: { readonly content: { readonly 'application/json': infer Body } };
      }
    ? Body | undefined
    : never;

/** What a call of the operation needs: path, query and body as the API declares them. */
export type Arguments<Id extends OperationId> = Given<'path', PathOf<Id>> &
  Given<'query', QueryOf<Id>> &
  Given<'body', BodyOf<Id>>;

type JsonOf<Responses, Status> = Status extends keyof Responses
  ? Responses[Status] extends { readonly content: { readonly 'application/json': infer Json } }
    ? Json
    : never
  : never;

/** The body of the operation's success. */
export type AnswerOf<Id extends OperationId> = JsonOf<operations[Id]['responses'], 200 | 201 | 202>;
