import { afterEach, describe, expect, it } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { answerInTime } from './answer-in-time.js';
import { sendProblem } from './problem.filter.js';

const apps: FastifyInstance[] = [];

function serving(withinMs: number): FastifyInstance {
  const app = Fastify();
  apps.push(app);
  answerInTime(app, { withinMs, lookEveryMs: 10 }, (reply, refused) => sendProblem(reply, refused, 'id'));
  return app;
}

async function get(app: FastifyInstance, path: string): Promise<Response> {
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return fetch(`${url}${path}`);
}

async function* thenNothing() {
  yield 'half';
  await new Promise(() => undefined);
}

afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

describe('a handler that does not answer', () => {
  it('is answered for with 503, and may end later without harm', async () => {
    const app = serving(50);
    const late = Promise.withResolvers<object>();
    app.get('/never', () => late.promise);
    const answer = await get(app, '/never');
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await answer.json()).toMatchObject({ code: 'timeout' });
    late.resolve({ too: 'late' });
  });

  it('is cut when what it had begun stands still', async () => {
    const app = serving(50);
    app.get('/half', () => Readable.from(thenNothing()));
    const answer = await get(app, '/half');
    await expect(answer.text()).rejects.toThrow();
  });

  it('is let be when it answers in time', async () => {
    const app = serving(5_000);
    app.get('/quick', () => ({ quick: true }));
    expect(await (await get(app, '/quick')).json()).toEqual({ quick: true });
  });
});

describe('a file that takes longer than an answer may', () => {
  const slowly = (): Readable => {
    const file = new Readable({ read: () => undefined });
    let n = 0;
    const pushing = setInterval(() => {
      file.push(n < 10 ? `${n} ` : null);
      if (n === 10) clearInterval(pushing);
      n += 1;
    }, 20);
    return file;
  };

  it('is sent to its end while its bytes move', async () => {
    const app = serving(100);
    app.get('/large', () => slowly());
    expect(await (await get(app, '/large')).text()).toBe('0 1 2 3 4 5 6 7 8 9 ');
  });

  it('is taken to its end while its bytes move', async () => {
    const app = serving(100);
    app.addContentTypeParser('application/octet-stream', (_request, body, done) => done(null, body));
    app.post('/large', async ({ body }) => ({ got: (await text(body as Readable)).length }));
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    const headers = { 'content-type': 'application/octet-stream' };
    const sent = request({ host: '127.0.0.1', port, path: '/large', method: 'POST', headers });
    const answered = new Promise<Readable>((resolve, reject) =>
      sent.on('response', resolve).on('error', reject),
    );
    slowly().pipe(sent);
    expect(JSON.parse(await text(await answered))).toEqual({ got: 20 });
  });
});
