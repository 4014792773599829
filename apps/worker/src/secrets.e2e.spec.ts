import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectRedis } from '@stemma/queue';
import { eventually, type OwnProcess, startDocker, startLog, type TestLog } from '@stemma/testing';
import { createHash, randomBytes } from 'node:crypto';
import {
  filesBelow,
  findCanary,
  inspectRun,
  keysOf,
  type Place,
  processes,
  tablesOf,
} from './find-canaries.fixtures.js';
import { type Answer, type RunSystem, startRunSystem } from './runs.fixtures.js';

const canary = (): string => `canary-${randomBytes(24).toString('base64url')}`;
const value = canary();
const planted = `planted-${randomBytes(12).toString('hex')}`;
const storePassword = canary();

/** Shows that a script has the value, without letting it be seen. */
const proofOf = (secret: string): string => createHash('sha256').update(`proof:${secret}`).digest('hex');

/** Every engine knows it: as good as `runsc` to show that the worker's setting arrives. */
const runcByItsOtherName = 'io.containerd.runc.v2';

let log: TestLog;
let runs: RunSystem;
let worker: OwnProcess;
const answers: string[] = [];
let inspected = '';

beforeAll(async () => {
  log = await startLog();
  runs = await startRunSystem({
    EVENTSTORE_URL: `esdb://admin:${storePassword}@127.0.0.1:${log.port}?tls=false`,
    STEMMA_LOG_LEVEL: 'trace',
  });
  worker = await runs.system.startWorker({ STEMMA_ENGINE_RUNTIME: runcByItsOtherName });
}, 180_000);
afterAll(async () => {
  await runs.system.stop();
  await log.remove();
}, 60_000);

const redisUrl = (): string => String(runs.system.redis?.url);

async function call(method: string, path: string, body?: unknown, as = 'admin'): Promise<Answer> {
  const answer = await runs.call(method, path, { body, as });
  answers.push(answer.text);
  return answer;
}

const set = (name: string, secret: unknown, more: object = {}): Promise<Answer> =>
  call('PUT', `/v1/secrets/${name}`, { value: secret, ...more });

async function malformed(body: string): Promise<Response> {
  const headers = {
    Authorization: `Bearer ${await runs.system.keyOf('admin')}`,
    'Content-Type': 'application/json',
  };
  const answer = await fetch(`${runs.system.apiUrl}/v1/secrets/CANARY`, { method: 'PUT', headers, body });
  answers.push(await answer.clone().text());
  return answer;
}

const naming = (...secrets: readonly string[]) => ({ settings: { secrets } });

const metricsOf = async ({ told }: OwnProcess): Promise<string> =>
  (await fetch(`${String(told['url'])}/metrics`)).text();

const places = (): readonly Place[] => {
  const { api, projector } = runs.system.processes;
  const all = [api, projector, worker];
  return [
    filesBelow('the log', log.dir),
    filesBelow('the state directory, with the blobs', runs.system.stateDir),
    tablesOf('Postgres', runs.system.databaseSuperuserUrl),
    keysOf('Redis', redisUrl()),
    {
      name: 'the logs of the processes',
      look: () => Promise.resolve(all.map((one) => one.logged()).join('')),
    },
    { name: 'answers', look: () => Promise.resolve(answers.join('\n')) },
    { name: 'metrics', look: async () => (await Promise.all(all.map(metricsOf))).join('\n') },
    { name: 'docker inspect', look: () => Promise.resolve(inspected) },
    processes('command lines', 'cmdline'),
  ];
};

const leaky = `
import base64, hashlib, sys, time
def run(input, context):
    secret = context.secrets["CANARY"]
    print(secret); print(base64.b64encode(secret.encode()).decode()); print(secret, file=sys.stderr)
    context.log.warn("it is " + secret)
    context.write_artifact("about-" + secret + ".txt", "nothing")
    context.set_variable("found", secret)
    time.sleep(1.5)
    return {"echo": secret, secret: 1, "proof": hashlib.sha256(("proof:" + secret).encode()).hexdigest()}
`;

describe('A8 a secret that a script is given', () => {
  it('is found nowhere else: not in log, tables, Redis, logs, answers, metrics, engine or command lines', async () => {
    expect((await set('CANARY', value, { description: planted })).status).toBe(200);
    // A value in the wrong place, too.
    for (const body of [value, [value], { value: [value] }, { value, [value]: 1 }, { value: `${value}\0` }]) {
      expect((await call('PUT', '/v1/secrets/CANARY', body)).status).toBe(400);
    }
    expect((await malformed(`{"value": "${value}" ${value}}`)).status).toBe(400);
    const slug = await runs.publish('python', leaky, naming('CANARY'));
    const runId = await runs.request(slug);
    const { host } = await startDocker();
    inspected = await eventually(
      () => inspectRun(host, runId),
      (text) => text.includes('"Running":true'),
      30_000,
    );
    expect(JSON.parse(inspected)).toMatchObject({ HostConfig: { Runtime: runcByItsOtherName } });
    const during = await findCanary(value, [...places(), processes('environments', 'environ')]);
    const run = await runs.ended(runId);
    expect(run).toMatchObject({ status: 'completed', output: { value: { proof: proofOf(value) } } });
    expect(run.artifacts.map(({ name }) => name)).toEqual(['about-___.txt']);
    for (const path of [`runs/${runId}`, `runs/${runId}/logs`, 'runs', 'secrets', 'secrets/CANARY'])
      await call('GET', `/v1/${path}`);
    for (const path of ['', '/history', '/versions/1/content'])
      await call('GET', `/v1/scripts/${slug}${path}`);
    expect([during, await findCanary(value, places())]).toEqual([[], []]);
    await redisHolds(planted);
    inspected += runId;
    const seen = await findCanary(planted, places());
    expect(seen).toEqual(['the log', 'Postgres', 'Redis', 'answers']);
    expect(await findCanary(runId, places())).toEqual(expect.arrayContaining(['docker inspect']));
    expect(await findCanary('stemma_', places())).toContain('metrics');
    expect(await findCanary('"starting"', places())).toContain('the logs of the processes');
    expect(await findCanary('main.js', places())).toContain('command lines');
    expect(await findCanary('nothing', places())).toContain('the state directory, with the blobs');
  }, 60_000);

  it('is the newest value, in every runtime, and is gone with its run: the next container knows none', async () => {
    await set('CANARY', `${value}-2`);
    const node = await runs.publish(
      'node',
      `import { createHash } from 'node:crypto';
      export const run = (_input, { secrets }) =>
        ({ names: Object.keys(secrets), proof: createHash('sha256').update('proof:' + secrets.CANARY).digest('hex') });`,
      naming('CANARY'),
    );
    const shell = await runs.publish(
      'shell',
      `secret=$(sed 's/.*"CANARY":"\\([^"]*\\)".*/\\1/' "$STEMMA_SECRETS")
      echo "\\"$(printf 'proof:%s' "$secret" | sha256sum | cut -c1-64)\\"" > "$STEMMA_RESULT"`,
      naming('CANARY'),
    );
    const without = await runs.publish('node', 'export const run = (_input, context) => context.secrets;');
    const proof = proofOf(`${value}-2`);
    const ids = await Promise.all([node, shell].map((slug) => runs.request(slug)));
    const [first, second] = await Promise.all(ids.map((id) => runs.ended(id)));
    expect(first).toMatchObject({ status: 'completed', output: { value: { names: ['CANARY'], proof } } });
    expect(second).toMatchObject({ status: 'completed', output: { value: proof } });
    const next = await runs.ended(await runs.request(without));
    expect(next).toMatchObject({ status: 'completed', output: { value: {} } });
  }, 60_000);

  it('that is missing, removed, or not for the sandbox ends the run, and says what to do', async () => {
    await set('REMOVED', 'short-lived');
    await call('DELETE', '/v1/secrets/REMOVED?reason=leaked');
    const source = 'export const run = () => 1;';
    const [ghost, removed, live] = await Promise.all(
      ['GHOST', 'REMOVED', 'CANARY'].map((name) => runs.publish('node', source, naming(name))),
    );
    const sandbox = { context: 'sandbox', version: 1 };
    const asked = [
      runs.request(String(ghost)),
      runs.request(String(removed)),
      runs.request(String(live), sandbox),
    ];
    const ended = await Promise.all((await Promise.all(asked)).map((id) => runs.ended(id)));
    expect(ended.map(({ status, reason, error }) => [status, reason, error?.message])).toEqual([
      ['failed', 'secret-unusable', expect.stringContaining('stemma secrets set GHOST')],
      ['failed', 'secret-unusable', expect.stringContaining('stemma secrets set REMOVED')],
      ['failed', 'secret-unusable', expect.stringContaining('stemma secrets describe CANARY --sandbox')],
    ]);
  }, 60_000);

  it('is named in a draft only by who may bind secrets', async () => {
    const narrow = await call('POST', '/v1/keys', { scopes: ['script:write'] }, 'author');
    const key = String(narrow.body['key']);
    const content = { runtime: 'node', source: 'export const run = () => 1;', ...naming('CANARY') };
    const slug = await runs.publish('node', content.source);
    const answer = await fetch(`${runs.system.apiUrl}/v1/scripts/${slug}/versions`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ baseNumber: 1, content }),
    });
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('secret:bind')]);
  });
});

describe('A8 the passwords in connection strings', () => {
  it('are found nowhere either', async () => {
    const passwords = [runs.system.databaseUrl, redisUrl()].map((url) => new URL(url).password);
    expect(passwords.every(({ length }) => length > 10)).toBe(true);
    for (const secret of [...passwords, storePassword]) {
      expect(await findCanary(secret, places())).toEqual([]);
    }
  });
});

async function redisHolds(text: string): Promise<void> {
  const client = connectRedis({ url: redisUrl(), onFault: () => undefined });
  await new Promise((resolve) => client.once('ready', resolve));
  await client.set('planted', text);
  client.disconnect();
}
