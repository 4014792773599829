import type { Config, ConfigFault } from './config.js';
import { settings } from './settings.js';

type Key =
  'eventstoreUrl' | 'databaseUrl' | 'redisUrl' | 'bootstrapKey' | 'metricsToken' | 'secretKeys' | 'publicUrl';

/** What everybody tries first, our own defaults included. */
const GUESSED: ReadonlySet<string> = new Set([
  ...[
    '',
    'stemma',
    'postgres',
    'redis',
    'admin',
    'root',
    'password',
    'passw0rd',
    'secret',
    'changeme',
    'changeit',
  ],
  ...['test', 'default', '123456', '12345678', 'letmein', 'guest'],
]);
const FEWEST_SIGNS = 10;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/;

/** In production: the settings with which no process starts, each with what to do. Values are not repeated. */
export function unsafeSettings(config: Config): readonly ConfigFault[] {
  const faults: (readonly [Key, string | undefined])[] = [
    ['eventstoreUrl', inClear(config.eventstoreUrl, (url) => url.searchParams.get('tls') !== 'false')],
    [
      'databaseUrl',
      inClear(config.databaseUrl, (url) => ENCRYPTED.has(url.searchParams.get('sslmode') ?? '')),
    ],
    ['databaseUrl', guessable(config.databaseUrl)],
    ['redisUrl', inClear(config.redisUrl, (url) => url.protocol === 'rediss:')],
    ['redisUrl', guessable(config.redisUrl)],
    ['bootstrapKey', tooPlain(config.bootstrapKey?.split('_').at(-1))],
    ['metricsToken', tooPlain(config.metricsToken)],
    ...(config.secretKeys ?? []).map(({ key }) => ['secretKeys' as const, tooPlain(key)] as const),
    ['publicUrl', notPublic(config)],
  ];
  return faults.flatMap(([key, message]) =>
    message === undefined
      ? []
      : [{ name: settings[key].name, message: `${message} (STEMMA_ENV=production)` }],
  );
}

const ENCRYPTED: ReadonlySet<string> = new Set(['require', 'verify-ca', 'verify-full']);

/** A cluster's list of hosts is no URL: the first of them stands for all. */
const parsed = (url: string | undefined): URL | undefined => {
  const first = url?.replace(/^([a-z+]+:\/\/[^/?#,]*),[^/?#]*/i, '$1');
  return first !== undefined && URL.canParse(first) ? new URL(first) : undefined;
};

function inClear(text: string | undefined, isEncrypted: (url: URL) => boolean): string | undefined {
  const url = parsed(text);
  if (!url || LOOPBACK.test(url.hostname) || isEncrypted(url)) return undefined;
  return 'goes over the network in clear text: use TLS (tls=true, sslmode=verify-full, rediss://)';
}

function guessable(text: string | undefined): string | undefined {
  const url = parsed(text);
  if (!url || LOOPBACK.test(url.hostname) || !GUESSED.has(decodeURIComponent(url.password).toLowerCase())) {
    return undefined;
  }
  return 'has no password, or one that is guessed first: give it a long random one';
}

const tooPlain = (secret: string | undefined): string | undefined =>
  secret === undefined || new Set(secret).size >= FEWEST_SIGNS
    ? undefined
    : 'is too plain to be a secret: make it of random bytes (openssl rand -base64 32)';

function notPublic({ host, publicUrl }: Config): string | undefined {
  if (LOOPBACK.test(host) || publicUrl?.startsWith('https://')) return undefined;
  return 'must be the https:// URL of what ends TLS in front, since STEMMA_HOST is not loopback';
}
