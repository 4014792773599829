import { withoutCredentials } from '@stemma/config';
import { once } from 'node:events';
import { connect } from 'node:net';
import pg from 'pg';

async function refuse(setting: string, url: string, error: unknown): Promise<never> {
  const reason = error instanceof Error && error.message !== '' ? error.message : String(error);
  return Promise.reject(
    new Error(
      `${setting} (${withoutCredentials(url)}) does not answer: ${reason}. Start that server, or leave ${setting} out for an embedded one.`,
      { cause: error },
    ),
  );
}

/** @throws Error naming the setting when no PostgreSQL lets us in at `url` */
export async function checkDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    await refuse('DATABASE_URL', url, error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The hosts that a connection string names; none for one whose host is found out by DNS. */
function hostsOf(url: string): readonly { readonly host: string; readonly port: number }[] {
  const [, scheme = '', place = ''] = /^([a-z+]+):\/\/(?:[^/?]*@)?([^/?]*)/.exec(url) ?? [];
  const hosts = place.split(',').map((one) => one.split(':'));
  if (scheme.endsWith('+discover') && hosts.length === 1) return [];
  return hosts.map(([host = '', port = '2113']) => ({ host, port: Number(port) }));
}

async function canConnect(host: string, port: number): Promise<void> {
  const socket = connect({ host, port, timeout: 10_000 });
  socket.on('timeout', () => socket.destroy(new Error('timed out')));
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}

/** @throws Error naming the setting when nobody listens at any host of `url` */
export async function checkEventStore(url: string): Promise<void> {
  const hosts = hostsOf(url);
  if (hosts.length === 0) return;
  await Promise.any(hosts.map(({ host, port }) => canConnect(host, port))).catch((error: unknown) =>
    refuse('EVENTSTORE_URL', url, error instanceof AggregateError ? error.errors[0] : error),
  );
}
