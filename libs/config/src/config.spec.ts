import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { ConfigError, readConfig, settings, settingsPage, showConfig, withoutCredentials } from './index.js';

const faultsOf = (env: NodeJS.ProcessEnv, needs: Parameters<typeof readConfig>[1] = []) => {
  try {
    readConfig(env, needs);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('these settings were accepted');
};

describe('reading the settings', () => {
  it('needs nothing: every setting has a default or may be absent', () => {
    const config = readConfig({});
    expect(config.host).toBe('127.0.0.1');
    expect(config.port).toBe(4280);
    expect(config.databaseUrl).toBeUndefined();
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('takes what the environment gives, and an empty variable as absent', () => {
    const config = readConfig({
      STEMMA_PORT: ' 5000 ',
      STEMMA_LOG_LEVEL: '',
      EVENTSTORE_URL: 'esdb://a:1,b:2?tls=true',
    });
    expect(config).toMatchObject({ port: 5000, logLevel: 'info', eventstoreUrl: 'esdb://a:1,b:2?tls=true' });
  });

  it('names every fault at once, with what to do', () => {
    const error = faultsOf({ STEMMA_PORT: '70000', DATABASE_URL: 'mysql://x', STEMMA_LOG_LEVEL: 'loud' });
    expect(error.faults.map((fault) => fault.name)).toEqual([
      'DATABASE_URL',
      'STEMMA_PORT',
      'STEMMA_LOG_LEVEL',
    ]);
    expect(error.message).toContain('postgres://');
    expect(error.message).toContain('or leave it out for 4280');
  });

  it('refuses a process that lacks a setting it cannot do without', () => {
    expect(faultsOf({}, ['eventstoreUrl', 'databaseUrl']).message).toMatch(
      /EVENTSTORE_URL is missing[^]*DATABASE_URL is missing/,
    );
    expect(readConfig({ DATABASE_URL: 'postgres://h/d' }, ['databaseUrl']).databaseUrl).toBe(
      'postgres://h/d',
    );
  });

  it('never repeats a value in a fault: it may be a secret', () => {
    expect(faultsOf({ STEMMA_BOOTSTRAP_KEY: 'hunter2', DATABASE_URL: 'hunter2' }).message).not.toContain(
      'hunter2',
    );
  });
});

describe('A8 in production', () => {
  const strong = 'Zk3-9vQm_7TfXw2LrB8dNcY5';
  const safe = {
    STEMMA_ENV: 'production',
    EVENTSTORE_URL: 'esdb://a:2113,b:2113?tls=true',
    DATABASE_URL: `postgres://stemma:${strong}@db:5432/stemma?sslmode=verify-full`,
    REDIS_URL: `rediss://:${strong}@redis:6379`,
    STEMMA_HOST: '0.0.0.0',
    STEMMA_PUBLIC_URL: 'https://stemma.example.org',
  };

  it('takes secrets that are some, and TLS; or this machine alone', () => {
    expect(readConfig(safe).environment).toBe('production');
    expect(
      readConfig({ STEMMA_ENV: 'production', EVENTSTORE_URL: 'esdb://127.0.0.1:1?tls=false' }).host,
    ).toBe('127.0.0.1');
  });

  it.each([
    ['EVENTSTORE_URL', 'esdb://a:2113,b:2113?tls=false', /clear text/],
    ['DATABASE_URL', `postgres://stemma:${strong}@db/stemma`, /clear text/],
    ['DATABASE_URL', 'postgres://stemma:stemma@db/stemma?sslmode=require', /guessed first/],
    ['DATABASE_URL', 'postgres://stemma@db/stemma?sslmode=require', /guessed first/],
    ['REDIS_URL', `redis://:${strong}@redis`, /clear text/],
    ['REDIS_URL', 'rediss://redis', /guessed first/],
    ['STEMMA_BOOTSTRAP_KEY', `stm_k_${'a'.repeat(43)}`, /too plain/],
    ['STEMMA_METRICS_TOKEN', 'ab'.repeat(20), /too plain/],
    ['STEMMA_SECRET_KEYS', `k1:${'A'.repeat(43)}=`, /too plain/],
    ['STEMMA_PUBLIC_URL', 'http://stemma.example.org', /https/],
    ['STEMMA_PUBLIC_URL', '', /https/],
  ])('refuses %s=%s', (name, value, reason) => {
    expect(faultsOf({ ...safe, [name]: value }).faults).toEqual([
      { name, message: expect.stringMatching(reason) },
    ]);
    if (name !== 'STEMMA_PUBLIC_URL') {
      expect(readConfig({ ...safe, [name]: value, STEMMA_ENV: 'development' }).environment).toBe(
        'development',
      );
    }
  });
});

describe('showing the settings', () => {
  it('hides secrets, and the credentials in connection strings', () => {
    const config = readConfig({
      DATABASE_URL: 'postgres://u:hunter2@h:5/d?password=hunter2',
      STEMMA_BOOTSTRAP_KEY: `stm_key_${'hunter2'.repeat(6)}`,
    });
    const shown = showConfig(config);
    expect(JSON.stringify(shown)).not.toContain('hunter2');
    expect(shown['DATABASE_URL']).toBe('postgres://h:5/d');
    expect(shown['STEMMA_BOOTSTRAP_KEY']).toBe('[hidden]');
  });

  it('hides what does not look like a connection string', () => {
    expect(withoutCredentials('hunter2')).toBe('[hidden]');
    expect(withoutCredentials('esdb://a:b@one:1,two:2?tls=false')).toBe('esdb://one:1,two:2');
    expect(withoutCredentials('postgres://u:hun/t@e?r2@h/d')).toBe('postgres://h/d');
  });
});

describe('the page of settings', () => {
  it('names each variable once', () => {
    const names = Object.values(settings).map((setting) => setting.name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('is up to date (else: npm run -s settings)', () => {
    const page = new URL('../../../docs/configuration.md', import.meta.url);
    expect(readFileSync(page, 'utf8')).toBe(settingsPage());
  });
});
