import { problemOf } from '@stemma/client';
import { apiAway, failureOfProblem, notOurs } from './call-failure.js';
import type { ApiOptions } from './open-api.js';

interface Wanted {
  readonly path: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Blob;
}

/**
 * An answer whose body is a stream: files, artifacts, logs as they come.
 *
 * @throws Failure when the API is away or refuses
 */
export async function fetchBytes(options: ApiOptions, wanted: Wanted): Promise<Response> {
  const { address, key, memory, signal } = options;
  const { path, method = 'GET', headers = {}, body } = wanted;
  const position = memory.recall();
  const sent = {
    authorization: `Bearer ${key()}`,
    ...(method === 'GET' && position !== undefined && { 'stemma-min-position': position }),
    ...headers,
  };
  let response: Response;
  try {
    response = await fetch(`${address.url}${path}`, { method, headers: sent, signal, ...(body && { body }) });
  } catch (error) {
    throw signal.aborted ? error : apiAway(address, error);
  }
  if (response.ok) return response;
  const problem = await problemOf(response);
  throw problem.code === 'unknown' ? notOurs(address.url, problem.detail) : failureOfProblem(problem);
}
