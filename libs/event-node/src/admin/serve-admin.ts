import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Backup } from '../store/backup-log.js';

/** What the admin port can tell and do. */
export interface AdminParts {
  readonly metrics: () => string;
  /** What keeps the node from serving; undefined when it is ready. */
  readonly problem: () => string | undefined;
  readonly backup: (to: string) => Promise<Backup>;
}

export interface AdminPort {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/**
 * A small HTTP port for operators: GET /health/live, /health/ready, /metrics; POST /backup with `{"dir": "/absolute"}`.
 * It has no credentials of its own, so it listens on loopback unless told otherwise.
 */
export function serveAdmin(parts: AdminParts, host: string, port: number): Promise<AdminPort> {
  const server = createServer((request, response) => {
    answer(parts, request).then(
      ({ status, type, body }) => send(response, status, type, body),
      (error: unknown) => send(response, 500, JSON_TYPE, problemJson('backup-failed', messageOf(error))),
    );
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      resolve({ port: bound, stop: () => close(server) });
    });
  });
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const JSON_TYPE = 'application/json';
const MAX_BODY = 64 * 1024;

async function answer(parts: AdminParts, request: IncomingMessage): Promise<Answer> {
  const { pathname } = new URL(request.url ?? '/', 'http://admin');
  switch (`${request.method} ${pathname}`) {
    case 'GET /health/live':
      return json(200, { status: 'ok' });
    case 'GET /health/ready': {
      const problem = parts.problem();
      return problem === undefined
        ? json(200, { status: 'ok' })
        : json(503, { status: 'unavailable', problem });
    }
    case 'GET /metrics':
      return { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: parts.metrics() };
    case 'POST /backup':
      return backup(parts, request);
    default:
      return json(404, {
        error: 'not-found',
        detail: 'There is /health/live, /health/ready, /metrics and POST /backup.',
      });
  }
}

/** JSON only: a web page cannot send that here without being asked. */
async function backup(parts: AdminParts, request: IncomingMessage): Promise<Answer> {
  if (request.headers['content-type']?.startsWith(JSON_TYPE) !== true) {
    return json(415, { error: 'json-only', detail: 'Send {"dir": "/absolute/path"} as application/json.' });
  }
  const dir = directoryIn(await readBody(request));
  if (dir === undefined)
    return json(400, { error: 'no-directory', detail: 'Send {"dir": "/absolute/path"}.' });
  return json(200, await parts.backup(dir));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) return '';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function directoryIn(body: string): string | undefined {
  try {
    const value: unknown = JSON.parse(body);
    const dir = typeof value === 'object' && value !== null && 'dir' in value ? value.dir : undefined;
    return typeof dir === 'string' && dir.startsWith('/') ? dir : undefined;
  } catch {
    return undefined;
  }
}

const json = (status: number, value: unknown): Answer => ({
  status,
  type: JSON_TYPE,
  body: JSON.stringify(value),
});
const problemJson = (error: string, detail: string): string => JSON.stringify({ error, detail });
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type });
  response.end(body);
}

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
