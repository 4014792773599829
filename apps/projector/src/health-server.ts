import { createServer, type RequestListener } from 'node:http';
import type { BuildStatus } from '@stemma/read-model';

export interface HealthOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly status: () => readonly BuildStatus[];
}

export interface HealthServer {
  readonly url: string;
  close(): Promise<void>;
}

/** `/health/live` and `/health/ready`: ready when every projection follows the end of the log, degraded when streams are parked. */
export async function serveHealth({ host, port, status }: HealthOptions): Promise<HealthServer> {
  const server = createServer(answering(status));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
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

function answering(status: () => readonly BuildStatus[]): RequestListener {
  return ({ url, method }, response) => {
    const [code, body] = answer(method === 'GET' ? url : undefined, status);
    response.writeHead(code, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(
      JSON.stringify(body, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    );
  };
}

function answer(url: string | undefined, status: () => readonly BuildStatus[]): readonly [number, object] {
  if (url === '/health/live') return [200, { status: 'live' }];
  if (url !== '/health/ready') return [404, { status: 'not-found', look: ['/health/live', '/health/ready'] }];
  const projections = status();
  const ready = projections.every(({ activity }) => activity === 'live');
  const degraded = projections.some(({ parked }) => parked > 0);
  return [
    ready ? 200 : 503,
    { status: ready ? (degraded ? 'degraded' : 'ready') : 'not-ready', projections },
  ];
}
