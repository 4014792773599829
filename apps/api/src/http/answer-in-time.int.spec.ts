import { afterEach, describe, expect, it } from '@jest/globals';
import Fastify from 'fastify';
import { answerInTime } from './answer-in-time.js';
import { sendProblem } from './problem.filter.js';

const apps: ReturnType<typeof Fastify>[] = [];

function serving(withinMs: number) {
  const app = Fastify();
  apps.push(app);
  answerInTime(app, { withinMs, lookEveryMs: 10 }, (reply, refused) => sendProblem(reply, refused, 'id'));
  return app;
}

afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

describe('a handler that does not answer', () => {
  it('is answered for with 503, and may end later without harm', async () => {
    const app = serving(50);
    const late = Promise.withResolvers<object>();
    app.get('/never', () => late.promise);
    const answer = await app.inject('/never');
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.json()).toMatchObject({ code: 'timeout' });
    late.resolve({ too: 'late' });
  });

  it('is cut when it had begun to', async () => {
    const app = serving(50);
    app.get('/half', (_request, reply) => {
      reply.raw.writeHead(200);
      reply.raw.write('half');
    });
    await expect(app.inject('/half')).rejects.toThrow();
  });

  it('is let be when it answers in time', async () => {
    const app = serving(5_000);
    app.get('/quick', () => ({ quick: true }));
    expect((await app.inject('/quick')).json()).toEqual({ quick: true });
  });
});
