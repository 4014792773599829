import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { foundPrincipal, id, LOCAL_TENANT_ID, type Role } from '@stemma/commands';
import { eventually } from '@stemma/testing';
import { type Called, content, startTestApi, type TestApi } from './api.fixtures.js';
import { describeApi } from './describe-api.js';
import { formatApiKey, hashSecret } from './identity/api-key.js';

const OTHER_TENANT = id('tenant', 'other');
const SECRET = 's'.repeat(43);
const ROLES: readonly Role[] = [
  'viewer',
  'author',
  'reviewer',
  'publisher',
  'runner',
  'auditor',
  'operator',
  'admin',
];

interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
}

let api: TestApi;
let operations: readonly Operation[];

beforeAll(async () => {
  api = await startTestApi();
  await found(OTHER_TENANT, 'stranger', 'admin');
  for (const role of ROLES) await found(LOCAL_TENANT_ID, `only-${role}`, role);
  await eventually(
    () => asKey('only-admin', 'GET', '/v1/whoami'),
    ({ status }) => status === 200,
  );
  await api.call('POST', '/v1/scripts', { body: { slug: 'sales', details: { name: 'Sales' } } });
  const saved = await api.call('POST', '/v1/scripts/sales/versions', {
    body: { baseNumber: 0, content: content('x') },
  });
  const token = saved.headers.get('stemma-position') ?? '';
  await api.call('GET', '/v1/scripts/sales/versions/1', { headers: { 'Stemma-Min-Position': token } });
  operations = Object.entries((await describeApi()).paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, { operationId: string }>).map(([method, { operationId }]) => ({
      id: operationId,
      method: method.toUpperCase(),
      path,
    })),
  );
}, 60_000);
afterAll(() => api.close(), 30_000);

async function found(tenantId: string, subject: string, role: Role): Promise<void> {
  const founding = { store: api.store, release: 'spec', clock: () => new Date() };
  const secretHash = hashSecret(SECRET);
  await foundPrincipal(founding, { tenantId, subject, roles: [role], keyId: subject, secretHash });
}

function asKey(keyId: string, method: string, path: string, body?: unknown): Promise<Called> {
  const headers = {
    Authorization: `Bearer ${formatApiKey({ keyId, secret: SECRET })}`,
    ...(path === '/v1/files' && { 'Content-Type': 'application/octet-stream' }),
  };
  return api.call(method, path, { as: null, headers, ...(method !== 'GET' && { body: body ?? {} }) });
}

/** Bodies that reach the business; every other operation is content with an empty one. */
const BODIES: Readonly<Record<string, unknown>> = {
  changeDetails: { name: 'Mine', baseNumber: 1 },
  requestChanges: { reviewNote: 'why?' },
  rollBack: { number: 1, baseNumber: 1 },
  saveDraft: { baseNumber: 1, content: content('y') },
  requestRun: { context: 'sandbox', version: 1, input: {} },
};

const RUN = '7b1f3a52-3d1e-5b0a-9c55-000000000001';
const filled = ({ path }: Operation, slug: string): string =>
  path
    .replace('{slug}', slug)
    .replace('{number}', '1')
    .replace(/\{(runId|id)\}/, RUN)
    .replace(/\{\w+\}/g, 'x') + (path.endsWith('/diff') ? '?from=1&to=1' : '');

/** All that somebody could tell two answers apart by. */
const shapeOf = (answer: Called, slug: string) => ({
  status: answer.status,
  headers: [...answer.headers.keys()].sort(),
  type: answer.headers.get('content-type'),
  text: answer.text.replace(/urn:uuid:[0-9a-f-]+/, 'urn:uuid:…').replaceAll(slug, '…'),
});

describe('A2 another tenant’s script', () => {
  it('is answered exactly as one that never was, by every operation', async () => {
    const ofScript = operations.filter(({ path }) => path.includes('{slug}'));
    expect(ofScript.length).toBeGreaterThan(10);
    const seen: Record<string, number> = {};
    for (const operation of ofScript) {
      const body = BODIES[operation.id];
      const others = await asKey('stranger', operation.method, filled(operation, 'sales'), body);
      const missing = await asKey('stranger', operation.method, filled(operation, 'ghost'), body);
      expect([operation.id, shapeOf(others, 'sales')]).toEqual([operation.id, shapeOf(missing, 'ghost')]);
      seen[operation.id] = others.status;
    }
    expect(new Set(Object.values(seen))).toEqual(new Set([404]));
  });

  it('is on no list, and its slug is free', async () => {
    expect((await asKey('stranger', 'GET', '/v1/scripts')).body).toMatchObject({ items: [] });
    const own = await asKey('stranger', 'POST', '/v1/scripts', { slug: 'sales', details: { name: 'Mine' } });
    expect(own.status).toBe(201);
    expect((await api.call('GET', '/v1/scripts/sales')).body).toMatchObject({ name: 'Sales' });
  });
});

describe('each role', () => {
  const everybody = ROLES.join();
  const expected: Readonly<Record<string, string>> = {
    createScript: 'author,admin',
    changeDetails: 'author,admin',
    saveDraft: 'author,admin',
    submitForReview: 'author,admin',
    withdrawSubmission: 'author,admin',
    approveVersion: 'reviewer,admin',
    requestChanges: 'reviewer,admin',
    publishVersion: 'publisher,admin',
    rollBack: 'publisher,admin',
    listScripts: everybody,
    showScript: everybody,
    listVersions: everybody,
    showVersion: everybody,
    showContent: everybody,
    showHistory: everybody,
    diffVersions: everybody,
    listReviews: everybody,
    listDecisions: everybody,
    listActivations: everybody,
    showLineage: everybody,
    listAuthoring: 'auditor,admin',
    whoAmI: everybody,
    enableScript: 'publisher,admin',
    disableScript: 'publisher,admin',
    requestRun: 'author,reviewer,runner,admin',
    cancelRun: 'author,reviewer,runner,admin',
    storeFile: 'author,reviewer,runner,admin',
    listRuns: everybody,
    showRun: everybody,
    readLog: everybody,
    readOutput: everybody,
    readArtifact: everybody,
    showProjections: 'auditor,operator,admin',
    listJobs: 'auditor,operator,admin',
    showJob: 'auditor,operator,admin',
    listCertificates: 'auditor,operator,admin',
    listParked: 'auditor,operator,admin',
    showParked: 'auditor,operator,admin',
    rebuildProjections: 'operator,admin',
    verifyProjections: 'operator,admin',
    swapBuilds: 'operator,admin',
    rollBackBuilds: 'operator,admin',
    dropBuilds: 'operator,admin',
    abortJobs: 'operator,admin',
    pauseProjections: 'operator,admin',
    resumeProjections: 'operator,admin',
    retryParked: 'operator,admin',
    dropParked: 'operator,admin',
  };

  it('may do just what the table says, and is told 403 for the rest', async () => {
    const allowed: Record<string, string> = {};
    for (const operation of operations.filter(({ path }) => !path.startsWith('/health/'))) {
      const may: Role[] = [];
      for (const role of ROLES) {
        const answer = await asKey(
          `only-${role}`,
          operation.method,
          filled(operation, 'ghost'),
          BODIES[operation.id],
        );
        if (answer.body['code'] !== 'forbidden') may.push(role);
        expect(answer.status).not.toBe(401);
        expect(answer.status).toBeLessThan(500);
      }
      allowed[operation.id] = may.join();
    }
    expect(allowed).toEqual(expected);
  }, 60_000);
});
