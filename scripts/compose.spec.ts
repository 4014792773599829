import { describe, expect, it } from '@jest/globals';
import { ConfigError, readConfig, settings } from '@stemma/config';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly healthcheck?: object;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
}

const root = path.resolve(import.meta.dirname, '..');
/** As compose does it with nothing set: each variable stands for its default. */
const text = readFileSync(path.join(root, 'docker-compose.yml'), 'utf8');
const compose = parse(text.replace(/\$\{\w+:-([^}]*)\}/g, '$1'), { merge: true }) as Compose;
const services = Object.entries(compose.services);
const ours = services.filter(([, service]) => service.build !== undefined);
const known = new Map(Object.values(settings).map((setting) => [setting.name, setting]));

/** What is wrong with the settings that a service is given. */
function faultsOf(name: string, environment: Readonly<Record<string, string>>): string[] {
  const unknown = Object.keys(environment).filter((variable) => !known.has(variable as never));
  try {
    readConfig({ ...environment }, ['eventstoreUrl', 'databaseUrl']);
    return unknown.map((variable) => `${name}: ${variable} is no setting`);
  } catch (error) {
    if (error instanceof ConfigError)
      return error.faults.map((fault) => `${name}: ${fault.name} ${fault.message}`);
    throw error;
  }
}

describe('docker-compose.yml', () => {
  it('runs our processes beside an event store, Postgres and Redis', () => {
    expect(Object.keys(compose.services)).toEqual(
      expect.arrayContaining(['eventstore', 'postgres', 'redis', 'projector', 'api', 'worker']),
    );
    for (const [name, { command }] of ours) {
      expect(command).toEqual([`apps/${name}/dist/main.js`]);
      expect(existsSync(path.join(root, 'apps', name, 'src', 'main.ts'))).toBe(true);
    }
  });

  it('gives them settings that exist, in a form that they can read, and all that they need', () => {
    expect(ours.flatMap(([name, { environment }]) => faultsOf(name, environment ?? {}))).toEqual([]);
  });

  it('is checked by something that sees a wrong name, a wrong value and a missing one', () => {
    const right = { EVENTSTORE_URL: 'esdb://a', DATABASE_URL: 'postgres://a' };
    expect(faultsOf('api', { ...right, STEMMA_PROT: '1' })).toEqual(['api: STEMMA_PROT is no setting']);
    expect(faultsOf('api', { ...right, STEMMA_PORT: 'x' })).toHaveLength(1);
    expect(faultsOf('api', { EVENTSTORE_URL: 'esdb://a' })).toHaveLength(1);
  });

  it('Q6 keeps Redis from losing jobs when memory runs out', () => {
    expect(compose.services['redis']?.command?.join(' ')).toContain('--maxmemory-policy noeviction');
  });

  it('lets the worker alone reach the container engine, and share its files with the api', () => {
    const socket = services.filter(([, { volumes = [] }]) => volumes.join(' ').includes('docker.sock'));
    expect(socket.map(([name]) => name)).toEqual(['worker']);
    const stateOf = (name: string): string | undefined =>
      compose.services[name]?.volumes?.find((volume) =>
        volume.endsWith(`:${compose.services[name]?.environment?.['STEMMA_STATE_DIR']}`),
      );
    expect(stateOf('worker')).toBe('stemma:/var/lib/stemma');
    expect(stateOf('worker')).toBe(stateOf('api'));
  });

  it('publishes nothing but on loopback', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports).not.toEqual([]);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('waits for servers that it has and can ask, and keeps data in volumes that it declares', () => {
    for (const awaited of services.flatMap(([, service]) => Object.keys(service.depends_on ?? {}))) {
      expect(compose.services[awaited]?.healthcheck).toBeDefined();
    }
    const mounted = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0]));
    expect([...new Set(mounted)].filter((volume) => !volume?.startsWith('/')).sort()).toEqual(
      Object.keys(compose.volumes).sort(),
    );
  });
});
