import { headers } from '@stemma/contracts';
import { routes } from './generated/routes.js';
import type { AnswerOf, Arguments, OperationId } from './operation-types.js';
import { positionMemory } from './position-memory.js';
import { problemOf } from './problem-error.js';
import { type Patience, sendPatiently } from './send-patiently.js';

export interface ClientOptions {
  /** `http://host:port`, as the API printed it. */
  readonly baseUrl: string;
  /** `stm_<keyId>_<secret>`. */
  readonly apiKey: string;
  /** A position token to begin with: queries answer at it or later. */
  readonly position?: string;
  readonly patience?: Partial<Patience>;
}

export interface CallOptions {
  /** Names this intention: repeated with it, the command is done once. A random one when absent. */
  readonly idempotencyKey?: string;
  /** The ETag of the script as it was seen. */
  readonly ifMatch?: string;
  readonly correlationId?: string;
  readonly signal?: AbortSignal;
}

export interface Reply<Body> {
  readonly body: Body;
  readonly status: number;
  readonly etag: string | null;
  /** The command was known: this is its first answer again. */
  readonly replayed: boolean;
}

/** Typed calls by operation id; each throws `ProblemError` or `ApiUnreachable`. */
export interface Client {
  /** The body of the answer. */
  call<Id extends OperationId>(id: Id, args: Arguments<Id>, options?: CallOptions): Promise<AnswerOf<Id>>;
  /** The body with what its headers say. */
  send<Id extends OperationId>(
    id: Id,
    args: Arguments<Id>,
    options?: CallOptions,
  ): Promise<Reply<AnswerOf<Id>>>;
  /** The answer as text/plain, where the operation has it. */
  text<Id extends OperationId>(id: Id, args: Arguments<Id>, options?: CallOptions): Promise<string>;
  /** The newest position seen, for a process that comes after this one. */
  position(): string | undefined;
}

const PATIENCE: Patience = { retries: 5, longestWaitMs: 5_000, timeoutMs: 40_000 };

export function createClient({ baseUrl, apiKey, position, patience }: ClientOptions): Client {
  const memory = positionMemory(position);
  const root = baseUrl.replace(/\/+$/, '');

  async function exchange(id: OperationId, given: unknown, accept: string, options: CallOptions = {}) {
    const args = given as AnyArguments;
    const { method, path, command, waits } = routes[id];
    const request: RequestInit = {
      method,
      headers: {
        Authorization: `Bearer ${apiKey}`,
        Accept: accept,
        ...(args.body !== undefined && { 'Content-Type': 'application/json' }),
        ...(command && { [headers.idempotencyKey]: options.idempotencyKey ?? crypto.randomUUID() }),
        ...(waits && memory.get() !== undefined && { [headers.minPosition]: memory.get() }),
        ...(options.ifMatch !== undefined && { 'If-Match': options.ifMatch }),
        ...(options.correlationId !== undefined && { [headers.correlationId]: options.correlationId }),
      },
      ...(args.body !== undefined && { body: JSON.stringify(args.body) }),
    };
    const url = root + filled(path, args.path) + queryOf(args.query);
    const response = await sendPatiently(url, request, { ...PATIENCE, ...patience }, options.signal);
    if (!response.ok) throw await problemOf(response);
    memory.note(response.headers.get(headers.position));
    return response;
  }

  async function send<Id extends OperationId>(id: Id, args: Arguments<Id>, options?: CallOptions) {
    const response = await exchange(id, args, 'application/json', options);
    return {
      body: (await response.json()) as AnswerOf<Id>,
      status: response.status,
      etag: response.headers.get('ETag'),
      replayed: response.headers.get(headers.idempotentReplayed) === 'true',
    };
  }

  return {
    send,
    call: async (id, args, options) => (await send(id, args, options)).body,
    text: async (id, args, options) => (await exchange(id, args, 'text/plain', options)).text(),
    position: () => memory.get(),
  };
}

/** `Arguments` of whichever operation. */
interface AnyArguments {
  readonly path?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
}

function filled(path: string, values: unknown): string {
  const given = (values ?? {}) as Readonly<Record<string, unknown>>;
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(given[name])));
}

function queryOf(values: unknown): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values ?? {}) as [string, unknown][]) {
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined) query.append(name, String(one));
  }
  return query.size === 0 ? '' : `?${query.toString()}`;
}
