import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApi, type TestApi } from './api.fixtures.js';

let system: TestApi;
beforeAll(async () => {
  system = await startTestApi();
});
afterAll(() => system.close());

describe('the metrics of the API', () => {
  it('count requests by operation and status, and those without a credential', async () => {
    await system.call('GET', '/v1/whoami');
    await system.call('GET', '/v1/whoami', { as: null });
    await system.call('GET', '/v1/no-such-thing');
    const { text, headers } = await system.call('GET', '/metrics', { as: null });
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text).toMatch(/^stemma_http_requests_total\{operation="whoAmI",status="200"\} \d+$/m);
    expect(text).toMatch(/^stemma_http_requests_total\{operation="whoAmI",status="401"\} 1$/m);
    expect(text).toMatch(/^stemma_http_requests_total\{operation="other",status="404"\} 1$/m);
    expect(text).toMatch(/^stemma_http_request_seconds_count\{operation="whoAmI"\} \d+$/m);
    expect(text).toMatch(/^stemma_http_unauthenticated_total 1$/m);
  });

  it('are for this machine alone while no token is set, whatever key is shown', async () => {
    const forwarded = await system.call('GET', '/metrics', {
      as: 'admin',
      headers: { 'X-Forwarded-For': '127.0.0.1' },
    });
    expect(forwarded).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });
});
