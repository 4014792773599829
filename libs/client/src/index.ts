export type { ProblemCode } from '@stemma/contracts';
export {
  type CallOptions,
  type Client,
  type ClientOptions,
  createClient,
  type Reply,
} from './create-client.js';
export type { components } from './generated/schema.js';
export type { AnswerOf, Arguments, OperationId } from './operation-types.js';
export { ApiUnreachable, ProblemError, problemOf } from './problem-error.js';
export type { Patience } from './send-patiently.js';
