import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createProcessMetrics, type HealthServer, serveHealth } from './index.js';

const token = 'metrics-token-of-thirty-two-chars';
let ready = false;
let server: HealthServer;

const serve = (port: number, metricsToken?: string): Promise<HealthServer> =>
  serveHealth({
    host: '127.0.0.1',
    port,
    health: () => ({ ready, body: { status: ready ? 'ready' : 'not-ready', at: 12n } }),
    metrics: createProcessMetrics('spec'),
    metricsToken,
  });

beforeAll(async () => {
  server = await serve(0, token);
});
afterAll(() => server.close());

const get = async (path: string, authorization?: string) => {
  const response = await fetch(server.url + path, { headers: { ...(authorization && { authorization }) } });
  return { status: response.status, headers: response.headers, text: await response.text() };
};

describe('the health port of a process', () => {
  it('is live at once, and ready when its process says so', async () => {
    expect(await get('/health/live')).toMatchObject({ status: 200 });
    expect(await get('/health/ready')).toMatchObject({
      status: 503,
      text: '{"status":"not-ready","at":"12"}',
    });
    ready = true;
    expect(await get('/health/ready')).toMatchObject({ status: 200 });
  });

  it('tells its metrics to who has the token, and what there is to who lost the way', async () => {
    expect(await get('/metrics')).toMatchObject({ status: 401 });
    const told = await get('/metrics', `Bearer ${token}`);
    expect(told).toMatchObject({ status: 200, text: expect.stringContaining('process="spec"') });
    expect(told.headers.get('cache-control')).toBe('no-store');
    expect(await get('/metrics/')).toMatchObject({ status: 404, text: expect.stringContaining('/metrics') });
  });

  it('takes another port when its own is taken', async () => {
    const second = await serve(Number(new URL(server.url).port));
    expect(second.url).not.toBe(server.url);
    expect((await fetch(`${second.url}/metrics`)).status).toBe(200);
    await second.close();
  });
});
