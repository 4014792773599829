import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Metrics } from './metrics/create-metrics.js';
import { guardMetrics, METRICS_TYPE, type MetricsGuard } from './metrics/metrics-guard.js';

/** What a process that serves nobody else says of itself: `body` is shown as JSON. */
export interface Health {
  readonly ready: boolean;
  readonly body: object;
}

export interface HealthOptions {
  readonly host: string;
  /** 0 for any free one; a taken one is passed over for a free one. */
  readonly port: number;
  readonly health: () => Health;
  readonly metrics: Metrics;
  /** Who may see the metrics: see `guardMetrics`. */
  readonly metricsToken: string | undefined;
}

export interface HealthServer {
  readonly url: string;
  close(): Promise<void>;
}

/** `/health/live`, `/health/ready` (503 while it is not) and `/metrics`, for a process that has no other HTTP. */
export async function serveHealth(options: HealthOptions): Promise<HealthServer> {
  const { host, port, health, metrics, metricsToken } = options;
  const parts = { health, metrics, guard: guardMetrics(metricsToken) };
  const server = createServer((request, response) => {
    answer(parts, request).then(
      (told) => send(response, told),
      () => send(response, json(500, { status: 'failed' })),
    );
  });
  await listen(server, host, port).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return listen(server, host, 0);
  });
  const address = server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const listen = (server: Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const json = (status: number, body: object): Answer => ({
  status,
  type: 'application/json',
  body: JSON.stringify(body, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
});

interface Parts extends Pick<HealthOptions, 'health' | 'metrics'> {
  readonly guard: MetricsGuard;
}

async function answer({ health, metrics, guard }: Parts, request: IncomingMessage): Promise<Answer> {
  const path = request.method === 'GET' ? request.url : undefined;
  if (path === '/health/live') return json(200, { status: 'live' });
  if (path === '/health/ready') {
    const { ready, body } = health();
    return json(ready ? 200 : 503, body);
  }
  if (path !== '/metrics') {
    return json(404, { status: 'not-found', look: ['/health/live', '/health/ready', '/metrics'] });
  }
  const refusal = guard(request);
  if (refusal) return json(refusal.status, { status: 'refused', detail: refusal.detail });
  return { status: 200, type: METRICS_TYPE, body: await metrics.tell() };
}

function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}
