import { describe, expect, it } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
import { createMetrics, createProcessMetrics, guardMetrics, NO_LABELS } from '../index.js';

describe('metrics, told as Prometheus text', () => {
  it('count by label, and are there from the start when they have none', async () => {
    const metrics = createMetrics();
    const requests = metrics.counter({ name: 'requests_total', help: 'Requests.', labels: ['status'] });
    metrics.gauge({ name: 'lag', help: 'Lag.' });
    requests.add({ status: '200' });
    requests.add({ status: '200' }, 2);
    requests.add({ status: 'a "b"\n' });
    expect(await metrics.tell()).toBe(
      [
        '# HELP requests_total Requests.',
        '# TYPE requests_total counter',
        'requests_total{status="200"} 3',
        String.raw`requests_total{status="a \"b\"\n"} 1`,
        '# HELP lag Lag.',
        '# TYPE lag gauge',
        'lag 0',
        '',
      ].join('\n'),
    );
  });

  it('have buckets that add up', async () => {
    const metrics = createMetrics();
    const seconds = metrics.histogram({ name: 's', help: 'S.', labels: ['of'], bounds: [0.5, 1] });
    [0.25, 0.5, 0.75, 4].forEach((value) => seconds.observe({ of: 'x' }, value));
    expect((await metrics.tell()).split('\n').slice(2, -1)).toEqual([
      's_bucket{of="x",le="0.5"} 2',
      's_bucket{of="x",le="1"} 3',
      's_bucket{of="x",le="+Inf"} 4',
      's_sum{of="x"} 5.5',
      's_count{of="x"} 4',
    ]);
  });

  it('look before they are told; what cannot be looked up stays as it was', async () => {
    const metrics = createMetrics();
    const depth = metrics.gauge({ name: 'depth', help: 'Depth.' });
    let known = 7;
    metrics.beforeTold(async () => {
      await Promise.resolve();
      if (known === 0) throw new Error('away');
      depth.set(NO_LABELS, known);
    });
    expect(await metrics.tell()).toContain('depth 7\n');
    known = 0;
    expect(await metrics.tell()).toContain('depth 7\n');
  });

  it('never grow without end: labels with too many values are added up', async () => {
    const metrics = createMetrics();
    const wild = metrics.counter({ name: 'wild_total', help: 'Wild.', labels: ['id'] });
    for (let id = 0; id < 5_000; id += 1) wild.add({ id: String(id) });
    const lines = (await metrics.tell()).trim().split('\n');
    expect(lines).toHaveLength(2 + 1_001);
    expect(lines.at(-1)).toBe('wild_total{id="other"} 4000');
  });

  it('refuse a name that is taken, or that Prometheus does not take', () => {
    const metrics = createMetrics();
    metrics.counter({ name: 'once_total', help: '' });
    expect(() => metrics.gauge({ name: 'once_total', help: '' })).toThrow(/taken once/);
    expect(() => metrics.gauge({ name: 'no-name', help: '' })).toThrow(/no name/);
  });

  it('tell of each process its release, CPU, memory and how late its loop is', async () => {
    const text = await createProcessMetrics('worker').tell();
    expect(text).toMatch(/^stemma_build_info\{process="worker",release="\d+\.\d+\.\d+"\} 1$/m);
    expect(text).toMatch(/^process_cpu_seconds_total 0?\.?\d+/m);
    expect(text).toMatch(/^process_resident_memory_bytes \d{7,}$/m);
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds\{quantile="0\.99"\} [\d.e-]+$/m);
    expect(text).not.toContain('NaN');
  });
});

describe('who may see them', () => {
  const from = (remoteAddress: string, headers: Readonly<Record<string, string>> = {}) =>
    ({ socket: { remoteAddress }, headers: { host: '127.0.0.1:4280', ...headers } }) as IncomingMessage;

  it('without a token: this machine, directly and under its own name', () => {
    const guard = guardMetrics(undefined);
    for (const address of ['127.0.0.1', '::1', '::ffff:127.0.0.1'])
      expect(guard(from(address))).toBeUndefined();
    const refused = [
      from('10.0.0.7'),
      from('127.0.0.1', { 'x-forwarded-for': '127.0.0.1' }),
      from('127.0.0.1', { forwarded: 'for=127.0.0.1' }),
      from('127.0.0.1', { host: 'rebound.example' }),
    ];
    for (const request of refused) expect(guard(request)).toMatchObject({ status: 403 });
  });

  it('with a token: who sends it, from anywhere, and nobody else', () => {
    const token = 't'.repeat(32);
    const guard = guardMetrics(token);
    expect(guard(from('10.0.0.7', { authorization: `Bearer ${token}` }))).toBeUndefined();
    for (const headers of [{}, { authorization: `Bearer ${token}x` }, { authorization: token }]) {
      const refusal = guard(from('127.0.0.1', headers));
      expect(refusal?.status).toBe(401);
      expect(refusal?.detail).not.toContain(token);
    }
  });
});
