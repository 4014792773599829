import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | object;
}

export type Replies = Readonly<
  Record<string, Reply | ((asked: Asked, response: ServerResponse) => Reply | undefined)>
>;

export interface StubApi {
  readonly url: string;
  readonly asked: readonly Asked[];
  readonly stop: () => Promise<void>;
}

/** Answers as an API in trouble does: `'GET /v1/scripts/a'` → reply. What is not listed is 404 without a word. */
export async function startStubApi(replies: Replies): Promise<StubApi> {
  const asked: Asked[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const line = `${request.method ?? ''} ${request.url ?? ''}`;
    const one = { line, headers: request.headers, body: await text(request) };
    asked.push(one);
    const given = replies[line] ?? replies[line.replace(/\?.*/, '')] ?? { status: 404 };
    const reply = typeof given === 'function' ? given(one, response) : given;
    if (reply === undefined) return;
    const { status = 200, headers = {}, body = '' } = reply;
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, stop };
}
