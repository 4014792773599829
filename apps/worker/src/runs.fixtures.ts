import { eventually, startSystem, type System } from '@stemma/testing';
import { randomUUID } from 'node:crypto';

type Json = Readonly<Record<string, unknown>>;

/** What specs ask of a run: the API's answer. */
export interface RunView {
  readonly runId: string;
  readonly status: string;
  readonly reason: string | null;
  readonly attempt: number;
  readonly cancelRequested: boolean;
  readonly failures: number;
  readonly attempts: readonly { readonly warm?: boolean; readonly failed?: { readonly reason: string } }[];
  readonly variables: Json;
  readonly retryAt: string | null;
  readonly output: { readonly kind: string; readonly value?: unknown } | null;
  readonly error: { readonly message: string } | null;
  readonly artifacts: readonly { readonly name: string; readonly size: number; readonly sha256: string }[];
  readonly log: { readonly lines: number } | null;
}

export interface Answer {
  readonly status: number;
  readonly body: Json;
  readonly text: string;
}

/** A system with scripts to run, and the few calls that specs need. */
export interface RunSystem {
  readonly system: System;
  readonly call: (
    method: string,
    path: string,
    options?: { readonly body?: unknown; readonly as?: string },
  ) => Promise<Answer>;
  readonly upload: (bytes: string) => Promise<string>;
  /** Creates a script with one published version. */
  readonly publish: (
    runtime: 'node' | 'python' | 'shell',
    source: string,
    more?: { readonly settings?: Json; readonly inputSchema?: Json },
  ) => Promise<string>;
  readonly request: (slug: string, body?: Json) => Promise<string>;
  readonly show: (runId: string) => Promise<RunView>;
  readonly ended: (runId: string, withinMs?: number) => Promise<RunView>;
}

export async function startRunSystem(env: NodeJS.ProcessEnv = {}): Promise<RunSystem> {
  const system = await startSystem({ runs: true, env: { STEMMA_RECONCILE_SECONDS: '2', ...env } });
  let position = '';
  const send = async (method: string, path: string, init: RequestInit, as = 'author'): Promise<Answer> => {
    const headers = new Headers(init.headers);
    headers.set('Authorization', `Bearer ${await system.keyOf(as)}`);
    if (method === 'GET' && position !== '') headers.set('Stemma-Min-Position', position);
    const response = await fetch(`${system.apiUrl}${path}`, { ...init, method, headers });
    position = response.headers.get('Stemma-Position') ?? position;
    const text = await response.text();
    return { status: response.status, text, body: asJson(text) };
  };
  const call: RunSystem['call'] = (method, path, { body, as } = {}) =>
    send(
      method,
      path,
      body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } },
      as,
    );
  const must = async (method: string, path: string, body: unknown, as = 'author'): Promise<Json> => {
    const answer = await call(method, path, { body, as });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.text}`);
    return answer.body;
  };
  const show = async (runId: string): Promise<RunView> =>
    (await call('GET', `/v1/runs/${runId}`)).body as unknown as RunView;
  return {
    system,
    call,
    upload: async (bytes) => {
      const init = { body: bytes, headers: { 'Content-Type': 'application/octet-stream' } };
      return String((await send('POST', '/v1/files', init)).body['sha256']);
    },
    publish: async (runtime, source, more) => {
      const slug = `spec-${randomUUID().slice(0, 12)}`;
      await must('POST', '/v1/scripts', { slug, details: { name: slug } });
      await must('POST', `/v1/scripts/${slug}/versions`, {
        baseNumber: 0,
        content: { runtime, source, ...more },
      });
      await must('POST', `/v1/scripts/${slug}/versions/1/submit`, {});
      await must('POST', `/v1/scripts/${slug}/versions/1/approve`, {}, 'reviewer');
      await must('POST', `/v1/scripts/${slug}/versions/1/publish`, {}, 'admin');
      return slug;
    },
    request: async (slug, body = {}) =>
      String((await must('POST', `/v1/scripts/${slug}/runs`, body))['runId']),
    show,
    ended: (runId, withinMs = 60_000) =>
      eventually(
        () => show(runId),
        ({ status }) => status !== undefined && status !== 'pending' && status !== 'running',
        withinMs,
      ),
  };
}

function asJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
}
