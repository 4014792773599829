import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { foundPrincipal, foundTenant, LOCAL_TENANT_ID, type Role, tenantIdOf } from '@stemma/commands';
import { eventually } from '@stemma/testing';
import { type Called, content, startTestApi, type TestApi } from './api.fixtures.js';
import { formatApiKey, hashSecret } from './identity/api-key.js';
import { declaredOperations, type DeclaredOperation } from './operations.fixtures.js';

/**
 * Everything here is generated from the declared operations: a new one is included by itself, and asks for a line below
 * only when it has a new parameter, a new permission or a body that cannot be left out.
 */
const OWN_TENANT = tenantIdOf('other');
const SECRET = 's'.repeat(43);
const EVERYBODY = 'viewer,author,reviewer,publisher,runner,auditor,operator,admin';
const ROLES = EVERYBODY.split(',') as Role[];

/** Beyond one tenant: nobody's but in the first tenant. */
const SYSTEM_HOLDERS: Readonly<Record<string, string>> = {
  'tenant:administer': 'admin',
  'projection:read': 'auditor,operator,admin',
  'projection:operate': 'operator,admin',
  'worker:read': 'operator,admin',
  'worker:operate': 'operator,admin',
  'secret:rewrap': 'operator,admin',
};

/** Who has which permission within his tenant. Written by hand: the second opinion on `permissions.ts`. */
const HOLDERS: Readonly<Record<string, string>> = {
  'self:read': EVERYBODY,
  'self:write': EVERYBODY,
  'key:own': EVERYBODY,
  'tenant:read': EVERYBODY,
  'script:read': EVERYBODY,
  'run:read': EVERYBODY,
  'principal:read': 'auditor,admin',
  'principal:administer': 'admin',
  'tenant:set-policy': 'admin',
  'authoring:audit': 'auditor,admin',
  'security:read': 'auditor,admin',
  'secret:read': 'author,reviewer,publisher,auditor,admin',
  'secret:write': 'admin',
  'script:write': 'author,admin',
  'version:review': 'reviewer,admin',
  'version:publish': 'publisher,admin',
  'version:roll-back': 'publisher,admin',
  'version:break-glass': 'admin',
  'script:prune': 'operator,admin',
  'script:retire': 'admin',
  'blob:sweep': 'operator,admin',
  'trigger:set': 'author,publisher,admin',
  'policy:set': 'admin',
  'run:request': 'author,reviewer,runner,admin',
};

const NO_PROJECTION = { projections: ['ghost'] };

/** For operations whose body cannot be left out. */
const BODIES: Readonly<Record<string, unknown>> = {
  createScript: { slug: 'made-by-all', details: { name: 'Made' } },
  changeDetails: { name: 'Mine', baseNumber: 1 },
  requestChanges: { reviewNote: 'why?' },
  breakGlass: { reason: 'now' },
  pruneVersions: { maxVersions: 1 },
  setPrunePolicy: { policy: null, baseNumber: 1 },
  setReviewPolicy: { policy: null, baseNumber: 1 },
  setTrigger: { kind: 'http', method: 'GET', path: '/x' },
  rollBack: { number: 1, baseNumber: 1 },
  saveDraft: { baseNumber: 1, content: content('y') },
  createPrincipal: { subject: 'made-by-all', roles: [] },
  changeRoles: { roles: [] },
  createTenant: { name: 'made-by-all' },
  storeFile: 'bytes',
  setSecret: { value: 'hunter22' },
  abortJobs: NO_PROJECTION,
  pauseProjections: NO_PROJECTION,
  rebuildProjections: NO_PROJECTION,
  resumeProjections: NO_PROJECTION,
  rollBackBuilds: NO_PROJECTION,
  verifyProjections: NO_PROJECTION,
  swapBuilds: NO_PROJECTION,
  dropBuilds: NO_PROJECTION,
  dropParked: { stream: 'ghost', eventId: '7b1f3a52-3d1e-5b0a-9c55-000000000003', reason: 'x' },
};

/** For operations that do more with a body than without. */
const BETTER_BODIES: Readonly<Record<string, unknown>> = {
  requestRun: { context: 'sandbox', version: 1, input: {} },
};

/** A name of its own in every tenant: setting it makes one's own, whether or not another tenant has one. */
const FREE_NAMES = ['setSecret'];

/** What a query cannot do without. */
const QUERIES: Readonly<Record<string, string>> = { diffVersions: '?from=1&to=1' };

type Target = Readonly<Record<string, string>>;

/** By the names of path parameters. `missing` is nowhere; the other two exist, in the caller's tenant and in the first. */
const MISSING: Target = {
  slug: 'ghost',
  runId: '7b1f3a52-3d1e-5b0a-9c55-000000000001',
  keyId: 'ghost',
  subject: 'ghost',
  tenantId: '7b1f3a52-3d1e-5b0a-9c55-000000000002',
  secret: 'GHOST',
};
const own: Record<string, string> = {
  slug: 'mine',
  keyId: 'only-viewer',
  subject: 'only-viewer',
  tenantId: OWN_TENANT,
  secret: 'MINE',
};
const others: Record<string, string> = {
  slug: 'sales',
  keyId: 'first-viewer',
  subject: 'first-viewer',
  tenantId: LOCAL_TENANT_ID,
  secret: 'THEIRS',
};
/** No tenant's: numbers and names within one of the above, and what belongs to the system. */
const WITHIN: Target = {
  number: '1',
  trigger: 'x',
  name: 'x',
  projection: 'ghost',
  stream: 'ghost',
  jobId: '7b1f3a52-3d1e-5b0a-9c55-000000000004',
};

let api: TestApi;
let operations: readonly DeclaredOperation[];

beforeAll(async () => {
  operations = (await declaredOperations()).filter(({ access }) => access !== 'public');
  api = await startTestApi();
  await foundTenant(founding(), { tenantId: OWN_TENANT, name: 'other' });
  for (const role of ROLES) await found(OWN_TENANT, `only-${role}`, role);
  for (const role of ROLES) await found(LOCAL_TENANT_ID, `first-${role}`, role);
  await eventually(
    () => as('first-admin', 'GET', '/v1/whoami'),
    ({ status }) => status === 200,
  );
  for (const [admin, { secret }] of [
    ['first-admin', others],
    ['only-admin', own],
  ] as const)
    await as(admin, 'PUT', `/v1/secrets/${secret}`, { value: 'hunter22' });
  others['runId'] = await furnish('first-admin', 'sales');
  own['runId'] = await furnish('only-admin', 'mine');
}, 60_000);
afterAll(() => api.close(), 30_000);

const founding = () => ({ store: api.store, release: 'spec', clock: () => new Date() });

async function found(tenantId: string, subject: string, role: Role): Promise<void> {
  const secretHash = hashSecret(SECRET);
  await foundPrincipal(founding(), { tenantId, subject, roles: [role], keyId: subject, secretHash });
}

/** A script with a version and a run of it, all of which can be read; answers with the id of the run. */
async function furnish(admin: string, slug: string): Promise<string> {
  await as(admin, 'POST', '/v1/scripts', { slug, details: { name: slug } });
  await as(admin, 'POST', `/v1/scripts/${slug}/versions`, { baseNumber: 0, content: content('x') });
  const body = { context: 'sandbox', version: 1, input: {} };
  const run = await as(admin, 'POST', `/v1/scripts/${slug}/runs`, body);
  const { runId } = run.body;
  await eventually(
    () => as(admin, 'GET', `/v1/runs/${String(runId)}`),
    ({ status }) => status === 200,
  );
  return String(runId);
}

function as(keyId: string, method: string, path: string, body?: unknown): Promise<Called> {
  const headers = { Authorization: `Bearer ${formatApiKey({ keyId, secret: SECRET })}` };
  const type = path === '/v1/files' ? { 'Content-Type': 'application/octet-stream' } : {};
  return api.call(method, path, {
    as: null,
    headers: { ...headers, ...type },
    ...(body !== undefined && { body }),
  });
}

const parametersOf = ({ path }: DeclaredOperation): readonly string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);

const isOf = (operation: DeclaredOperation, target: Target): boolean =>
  parametersOf(operation).some((name) => name in target);

function ask(person: string, operation: DeclaredOperation, target: Target): Promise<Called> {
  const { id, method, path } = operation;
  const filled = path.replace(/\{(\w+)\}/g, (_whole, name: string) => target[name] ?? WITHIN[name] ?? name);
  return as(person, method, filled + (QUERIES[id] ?? ''), BODIES[id] ?? BETTER_BODIES[id]);
}

/** All that somebody could tell two answers apart by. */
const shapeOf = (answer: Called, target: Target) => ({
  status: answer.status,
  headers: [...answer.headers.keys()].sort(),
  type: answer.headers.get('content-type'),
  text: Object.values(target).reduce(
    (text, value) => text.replaceAll(value, '…'),
    answer.text.replace(/urn:uuid:[0-9a-f-]+/, 'urn:uuid:…'),
  ),
});

describe('the list of operations', () => {
  it('has a sample of everything that it needs', () => {
    const lacking = operations.flatMap((operation) => [
      ...(operation.needsBody && !(operation.id in BODIES) ? [`a body for ${operation.id}`] : []),
      ...(operation.access in HOLDERS || operation.access in SYSTEM_HOLDERS
        ? []
        : [`the holders of ${operation.access}`]),
      ...parametersOf(operation)
        .filter((name) => !(name in WITHIN) && !(name in MISSING && name in own && name in others))
        .map((name) => `values for {${name}} of ${operation.id}`),
    ]);
    expect(lacking).toEqual([]);
    expect(operations.length).toBeGreaterThan(40);
  });
});

describe('A2 each operation, for each role', () => {
  it('answers another tenant’s thing exactly as one that never was', async () => {
    const statuses = new Set<number>();
    const about = operations.filter((one) => isOf(one, MISSING) && !FREE_NAMES.includes(one.id));
    for (const operation of about) {
      for (const role of ROLES) {
        const [theirs, missing] = [
          await ask(`only-${role}`, operation, others),
          await ask(`only-${role}`, operation, MISSING),
        ];
        const name = `${role} ${operation.id}`;
        expect([name, shapeOf(theirs, others)]).toEqual([name, shapeOf(missing, MISSING)]);
        statuses.add(theirs.status);
      }
    }
    expect([...statuses].sort()).toEqual([403, 404]);
  }, 120_000);

  it.each([
    ['only-', 'of any tenant', HOLDERS],
    ['first-', 'of the first tenant, which alone look after the system', { ...HOLDERS, ...SYSTEM_HOLDERS }],
  ])(
    '(%s) is open to just those whom the table names, %s: the others are told 403, whatever they ask for',
    async (prefix, _of, table) => {
      for (const operation of operations) {
        const expected = table[operation.access] ?? '';
        if (prefix === 'first-' && operation.access in HOLDERS) continue;
        const may: string[] = [];
        for (const role of ROLES) {
          const target = expected.split(',').includes(role) ? MISSING : own;
          const { status, body } = await ask(`${prefix}${role}`, operation, target);
          const name = `${role} ${operation.id}`;
          expect([name, [401, 429].includes(status), status < 500]).toEqual([name, false, true]);
          if (body['code'] !== 'forbidden') may.push(role);
        }
        expect([operation.id, may.join()]).toEqual([operation.id, expected]);
      }
    },
    120_000,
  );
});

describe('A2 another tenant’s things', () => {
  it('are on no list, and their names are free', async () => {
    for (const { id, method } of operations.filter(({ path }) => !path.includes('{'))) {
      if (method !== 'GET') continue;
      const operation = operations.find((one) => one.id === id);
      const answer = operation && (await ask('only-admin', operation, {}));
      for (const value of [
        others['slug'],
        others['runId'],
        others['keyId'],
        others['secret'],
        LOCAL_TENANT_ID,
      ]) {
        expect([id, answer?.text.includes(`"${String(value)}"`)]).toEqual([id, false]);
      }
    }
    const script = { slug: 'sales', details: { name: 'Mine' } };
    expect((await as('only-author', 'POST', '/v1/scripts', script)).status).toBe(201);
    const principal = { subject: 'author', roles: [] };
    expect((await as('only-admin', 'POST', '/v1/principals', principal)).status).toBe(201);
  });

  it('that were deleted are missing too: a revoked key', async () => {
    await as('first-admin', 'DELETE', '/v1/keys/first-viewer');
    const gone = { ...others, keyId: 'first-viewer' };
    const revoke = operations.filter((one) => parametersOf(one).includes('keyId'));
    expect(revoke).not.toEqual([]);
    for (const operation of revoke) {
      const [theirs, missing] = [
        await ask('only-admin', operation, gone),
        await ask('only-admin', operation, MISSING),
      ];
      expect(shapeOf(theirs, gone)).toEqual(shapeOf(missing, MISSING));
    }
  });
});
