import {
  type AnswerOf,
  ApiUnreachable,
  type Arguments,
  type CallOptions,
  type Client,
  createClient,
  ProblemError,
} from '@stemma/client';
import { randomUUID } from 'node:crypto';
import { exitCodes } from '../exit-codes.js';
import { Failure } from '../failure.js';
import { answers, isCommand, type Known } from './answers.js';
import { apiAway, failureOfProblem, notOurs } from './call-failure.js';
import type { ApiAddress } from './find-api-url.js';
import { faultOf } from './read-as.js';
import type { PositionMemory } from './remember-position.js';

/** The operations of the API that a command may need; each answers with the body, or throws a Failure. */
export interface Api {
  readonly call: <Id extends Known>(id: Id, args: Arguments<Id>) => Promise<AnswerOf<Id>>;
  /** The answer as the text that the arguments ask for. */
  readonly text: <Id extends Known>(id: Id, args: Arguments<Id>) => Promise<string>;
}

export interface ApiOptions {
  readonly address: ApiAddress;
  /** Asked for with the first call. */
  readonly key: () => string;
  readonly memory: PositionMemory;
  readonly idempotencyKey: string | undefined;
  readonly signal: AbortSignal;
  /** How often to ask again what nobody answered, or what was answered with 503. */
  readonly retries: number;
}

type Send<T> = (client: Client, options: CallOptions) => Promise<T>;

export function openApi(options: ApiOptions): Api {
  const { address, memory, signal } = options;
  // One command line is one intention, however often it is sent.
  const idempotencyKey = options.idempotencyKey ?? randomUUID();
  let client: Client | undefined;

  const connect = (position = memory.recall()): Client =>
    createClient({
      baseUrl: address.url,
      apiKey: options.key(),
      ...(position !== undefined && { position }),
      patience: { retries: options.retries },
    });

  async function attempt<T>(id: Known, send: Send<T>): Promise<T> {
    client ??= connect();
    try {
      return await send(client, { idempotencyKey, signal });
    } catch (error) {
      const repeatWith = isCommand(id) ? idempotencyKey : undefined;
      throw signal.aborted ? error : failureOf(error, address, repeatWith);
    } finally {
      memory.keep(client.position());
    }
  }

  async function inThisLog<T>(id: Known, send: Send<T>): Promise<T> {
    try {
      return await attempt(id, send);
    } catch (error) {
      if (!(error instanceof Failure) || error.problem.code !== 'other-log') throw error;
      memory.forget();
      client = undefined;
      return attempt(id, send);
    }
  }

  return {
    call: async (id, args) => {
      const answer = await inThisLog(id, (to, options) => to.call(id, args, options));
      const fault = faultOf(answers[id], answer);
      if (fault !== undefined) throw notOurs(address.url, fault);
      return answer;
    },
    text: (id, args) => inThisLog(id, (to, options) => to.text(id, args, options)),
  };
}

function failureOf(error: unknown, address: ApiAddress, repeatWith?: string): Failure {
  if (error instanceof ApiUnreachable) return apiAway(address, error.cause, repeatWith);
  if (!(error instanceof ProblemError)) return notOurs(address.url, 'no usable JSON');
  return error.code === 'unknown' ? notOurs(address.url, error.detail) : failureOfProblem(error);
}

/** Readiness is an answer, whether good (200) or bad (503). Needs no credential. */
export async function readReadiness(options: ApiOptions): Promise<AnswerOf<'isReady'>> {
  const baseUrl = options.address.url;
  const client = createClient({ baseUrl, apiKey: 'none', patience: { retries: 0 } });
  try {
    return await client.call('isReady', {}, { signal: options.signal });
  } catch (error) {
    const told = error instanceof ProblemError ? error.problem : undefined;
    if (told !== undefined && faultOf(answers.isReady, told) === undefined)
      return told as AnswerOf<'isReady'>;
    const failure = failureOf(error, options.address);
    throw failure.exitCode === exitCodes.unavailable ? failure : notOurs(baseUrl, failure.message);
  }
}
