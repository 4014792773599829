export interface Credentials {
  readonly username: string;
  readonly password: string;
}

const KEEP_ALIVE_MS = 10_000;
const KEEP_ALIVE_ANSWER_MS = 5_000;

/**
 * The connection string as the client gets it. Credentials go into it, never on an append (HAZARDS H7); failed appends
 * throw (H6).
 *
 * Keep-alive pings find a half-open connection. Their interval differs a little by `generation`, because gRPC shares one
 * connection, and its growing wait before connecting again (up to two minutes), between channels with the same options.
 */
export function connectionString(url: string, generation: number, credentials?: Credentials): string {
  const secured = credentials === undefined ? url : withCredentials(url, credentials);
  const options = [
    'throwOnAppendFailure=true',
    `keepAliveInterval=${keepAliveOf(url, 'keepAliveInterval', KEEP_ALIVE_MS) + (generation % 1_000)}`,
    `keepAliveTimeout=${keepAliveOf(url, 'keepAliveTimeout', KEEP_ALIVE_ANSWER_MS)}`,
  ];
  return `${secured}${secured.includes('?') ? '&' : '?'}${options.join('&')}`;
}

/** What may be shown of a connection string: everything but the credentials. */
export const withoutCredentials = (url: string): string => url.replace(/^([^:]+:\/\/)[^@/?]*@/, '$1');

function withCredentials(url: string, { username, password }: Credentials): string {
  const bare = withoutCredentials(url);
  return bare.replace('://', () => `://${encodeURIComponent(username)}:${encodeURIComponent(password)}@`);
}

function keepAliveOf(url: string, name: string, fallback: number): number {
  const [, value] = new RegExp(`[?&]${name}=(\\d+)`, 'i').exec(url) ?? [];
  return value === undefined ? fallback : Number(value);
}
