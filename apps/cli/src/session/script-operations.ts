import {
  contentAnswer,
  diffSchema,
  historySchema,
  newVersionAnswer,
  readinessSchema,
  rollBackAnswer,
  scriptAnswer,
  scriptListSchema,
  scriptSchema,
  versionAnswer,
  versionListSchema,
  versionSchema,
  whoamiSchema,
} from '@stemma/contracts';
import type { z } from 'zod';
import { type ApiRequest, callApi, type Caller } from './call-api.js';
import { notOurs } from './call-failure.js';
import { faultOf } from './read-as.js';

export type Script = z.output<typeof scriptSchema>;
export type Version = z.output<typeof versionSchema>;
export type HistoryEntry = z.output<typeof historySchema>['items'][number];
export type Move = 'submit' | 'withdraw' | 'approve' | 'request-changes' | 'publish';

type Query = ApiRequest['query'];

/** Calls that answer with JSON of a form that the contract knows. */
export function bindOperations(caller: Caller) {
  const call = async <T>(schema: z.ZodType<T>, request: ApiRequest): Promise<T> => {
    const answer = await callApi(caller, request);
    const fault = faultOf(schema, answer);
    if (fault !== undefined) throw notOurs(caller.address.url, fault);
    return answer as T;
  };
  const get = <T>(schema: z.ZodType<T>, path: string, query: Query = {}) =>
    call(schema, { method: 'GET', path, query });
  const post = <T>(schema: z.ZodType<T>, path: string, json: object = {}) =>
    call(schema, { method: 'POST', path, json });
  const at = (slug: string, rest = '') => `/v1/scripts/${encodeURIComponent(slug)}${rest}`;

  return {
    whoami: () => get(whoamiSchema, '/v1/whoami'),
    readiness: () => call(readinessSchema, { method: 'GET', path: '/health/ready', alsoFine: [503] }),
    createScript: (body: object) => post(scriptAnswer, '/v1/scripts', body),
    listScripts: (query: Query) => get(scriptListSchema, '/v1/scripts', query),
    getScript: (slug: string) => get(scriptSchema, at(slug)),
    changeDetails: (slug: string, body: object) =>
      call(scriptAnswer, { method: 'PATCH', path: at(slug), json: body }),
    setEnabled: (slug: string, act: 'enable' | 'disable', body: object) =>
      post(scriptAnswer, at(slug, `/${act}`), body),
    saveDraft: (slug: string, body: object) => post(newVersionAnswer, at(slug, '/versions'), body),
    listVersions: (slug: string, query: Query) => get(versionListSchema, at(slug, '/versions'), query),
    getVersion: (slug: string, number: number) => get(versionSchema, at(slug, `/versions/${number}`)),
    getContent: (slug: string, number: number) => get(contentAnswer, at(slug, `/versions/${number}/content`)),
    moveVersion: (slug: string, number: number, move: Move, body: object) =>
      post(versionAnswer, at(slug, `/versions/${number}/${move}`), body),
    rollBack: (slug: string, body: object) => post(rollBackAnswer, at(slug, '/rollback'), body),
    history: (slug: string, query: Query) => get(historySchema, at(slug, '/history'), query),
    diff: (slug: string, from: number, to: number) => get(diffSchema, at(slug, '/diff'), { from, to }),
  };
}

export type Operations = ReturnType<typeof bindOperations>;
