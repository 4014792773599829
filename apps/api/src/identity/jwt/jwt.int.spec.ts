import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LOCAL_TENANT_ID, tenantIdOf } from '@stemma/commands';
import { ConfigError, readConfig } from '@stemma/config';
import { createLogger } from '@stemma/observability';
import { eventually } from '@stemma/testing';
import {
  CompactSign,
  exportJWK,
  exportPKCS8,
  exportSPKI,
  generateKeyPair,
  type JWK,
  type JWTPayload,
  SignJWT,
} from 'jose';
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Refused } from '../../http/refused.js';
import { authenticating } from '../authenticate.js';
import { followJwks } from './jwks.js';
import { openTokens } from './token-settings.js';
import { type VerifyToken, verifyingTokens } from './verify-token.js';

const ISSUER = 'https://issuer.example';
const AUDIENCE = 'stemma';
const logger = createLogger({ name: 'spec', level: 'silent' });
const clock = () => new Date('2026-11-21T08:00:00Z');
const NOW = Math.floor(clock().getTime() / 1_000);

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;
let rsa: Pair;
let ec: Pair;
let stranger: Pair;
let spki: string;
let jwks: Jwks;
let root: string;

/** The issuer's page of keys: what it says, whether it answers, and how often it was asked. */
interface Jwks {
  readonly url: string;
  keys: readonly JWK[];
  away: boolean;
  asked: number;
  readonly server: Server;
}

async function startJwks(keys: readonly JWK[]): Promise<Jwks> {
  const server = createServer((_request, response) => {
    page.asked += 1;
    if (page.away) response.destroy();
    else response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ keys: page.keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const page: Jwks = { url: `http://127.0.0.1:${port}/jwks`, keys, away: false, asked: 0, server };
  return page;
}

const publicOf = async ({ publicKey }: Pair, kid: string): Promise<JWK> => ({
  ...(await exportJWK(publicKey)),
  kid,
});

beforeAll(async () => {
  [rsa, ec, stranger] = await Promise.all([
    generateKeyPair('RS256', { extractable: true }),
    generateKeyPair('ES256', { extractable: true }),
    generateKeyPair('RS256', { extractable: true }),
  ]);
  spki = await exportSPKI(rsa.publicKey);
  jwks = await startJwks([await publicOf(rsa, 'r1'), await publicOf(ec, 'e1')]);
  root = await mkdtemp(path.join(tmpdir(), 'stemma-jwt-'));
});
afterAll(async () => {
  jwks.server.close();
  await rm(root, { recursive: true, force: true });
});

const claims = { tenant: LOCAL_TENANT_ID };

interface Wanted {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly payload?: JWTPayload;
  readonly key?: Pair['privateKey'];
}

/** A token that counts, but for what is changed about it. */
function token({ header = {}, payload = {}, key = rsa.privateKey }: Wanted = {}): Promise<string> {
  const given = { iss: ISSUER, aud: AUDIENCE, sub: 'ann', iat: NOW, exp: NOW + 600, ...claims, ...payload };
  return new SignJWT(given).setProtectedHeader({ alg: 'RS256', kid: 'r1', ...header }).sign(key);
}

const part = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

const verifying = (keys = followJwks({ url: jwks.url, logger })): VerifyToken =>
  verifyingTokens({ issuer: ISSUER, audience: AUDIENCE, tenantClaim: 'tenant', keys, clock });

async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'accepted';
  } catch (error) {
    return error instanceof Refused ? error.code : `broken: ${String(error)}`;
  }
}

describe('a token that counts', () => {
  it('names its person and his tenant, and nothing that he may do', async () => {
    expect(await verifying()(await token({ payload: { roles: ['admin'] } }))).toEqual({
      tenantId: LOCAL_TENANT_ID,
      subject: 'ann',
      via: 'jwt:r1',
      expiresAt: '2026-11-21T08:10:00.000Z',
    });
    const other = await token({ header: { alg: 'ES256', kid: 'e1', typ: 'at+jwt' }, key: ec.privateKey });
    expect(await verifying()(other)).toMatchObject({ via: 'jwt:e1' });
    const many = await token({ payload: { aud: ['others', AUDIENCE] } });
    expect(await outcome(verifying()(many))).toBe('accepted');
  });
});

const withoutClaim = (name: string) => () => {
  const given: JWTPayload = { iss: ISSUER, aud: AUDIENCE, sub: 'ann', exp: NOW + 600, ...claims };
  const left = Object.fromEntries(Object.entries(given).filter(([key]) => key !== name));
  return new SignJWT(left).setProtectedHeader({ alg: 'RS256', kid: 'r1' }).sign(rsa.privateKey);
};

const unsigned = (alg: string) => () =>
  Promise.resolve(
    `${part({ alg, kid: 'r1' })}.${part({ iss: ISSUER, aud: AUDIENCE, sub: 'ann', exp: NOW + 600, ...claims })}.`,
  );

/** Signed with the issuer's real key over exactly this text. */
const signedAs = (payload: string) => () =>
  new CompactSign(Buffer.from(payload)).setProtectedHeader({ alg: 'RS256', kid: 'r1' }).sign(rsa.privateKey);

const goodText = `"iss":"${ISSUER}","aud":"${AUDIENCE}","exp":${NOW + 600},"tenant":"${LOCAL_TENANT_ID}"`;

/** HS256 over the public key as everybody can read it: the oldest trick. */
function signedWithPublicKey(secret: string): string {
  const text = `${part({ alg: 'HS256', kid: 'r1' })}.${part({ iss: ISSUER, aud: AUDIENCE, sub: 'ann', exp: NOW + 600, ...claims })}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

const CORPUS: readonly (readonly [what: string, make: () => Promise<string>])[] = [
  ['no algorithm', unsigned('none')],
  ['no algorithm, in another case', unsigned('nOnE')],
  ['no signature', unsigned('RS256')],
  ['HS256 over the public key', () => Promise.resolve(signedWithPublicKey(spki))],
  ['HS256 over the trimmed public key', () => Promise.resolve(signedWithPublicKey(spki.trim()))],
  ['a stranger’s key', () => token({ key: stranger.privateKey })],
  ['another algorithm than the key’s', () => token({ header: { alg: 'ES256' }, key: ec.privateKey })],
  ['another issuer', () => token({ payload: { iss: 'https://other.example' } })],
  ['an issuer that only begins alike', () => token({ payload: { iss: `${ISSUER}.evil.example` } })],
  ['another audience', () => token({ payload: { aud: 'others' } })],
  ['an audience in a list of others', () => token({ payload: { aud: ['a', 'b'] } })],
  ['that has expired', () => token({ payload: { exp: NOW - 60 } })],
  ['that is not valid yet', () => token({ payload: { nbf: NOW + 60 } })],
  ['an end that is no number', () => token({ payload: { exp: 'never' as unknown as number } })],
  ...['iss', 'aud', 'sub', 'exp', 'tenant'].map((name) => [`no ${name}`, withoutClaim(name)] as const),
  ['a tenant that is no id', () => token({ payload: { tenant: 'local' } })],
  ['several tenants', () => token({ payload: { tenant: [LOCAL_TENANT_ID] } })],
  ['a subject that is no name', () => token({ payload: { sub: 'ann@example.org' } })],
  ['a subject that is empty', () => token({ payload: { sub: '' } })],
  ['an unknown kid', () => token({ header: { kid: 'ghost' } })],
  ['no kid', () => token({ header: { kid: undefined } })],
  ['a kid that is a path', () => token({ header: { kid: '../../../../dev/null' } })],
  ['a kid that is a statement', () => token({ header: { kid: "' UNION SELECT 'x" } })],
  ['a kid that is an object', () => token({ header: { kid: { a: 1 } } })],
  ['a kid of Object.prototype', () => token({ header: { kid: '__proto__' } })],
  ['jku to elsewhere', () => token({ header: { jku: 'http://127.0.0.1:1/jwks' } })],
  ['x5u to elsewhere', () => token({ header: { x5u: 'http://127.0.0.1:1/x' } })],
  ['x5c of its own', () => token({ header: { x5c: ['MIIB'] } })],
  [
    'jwk of its own',
    async () => token({ header: { jwk: await publicOf(stranger, 'r1') }, key: stranger.privateKey }),
  ],
  ['a critical extension', () => token({ header: { crit: ['exp'], exp: NOW } }).catch(() => criticalToken())],
  ['a claim twice', signedAs(`{${goodText},"sub":"ann","sub":"admin"}`)],
  ['a claim twice, once escaped', signedAs(`{${goodText},"sub":"ann","s\\u0075b":"admin"}`)],
  ['a payload that is no object', signedAs('[]')],
  ['a payload that is no JSON', signedAs('sub=ann')],
  ['a type that is not a token’s', () => token({ header: { typ: 'secevent+jwt' } })],
  ['100 KB', () => token({ payload: { padding: 'x'.repeat(100_000) } })],
  ['two parts', () => Promise.resolve('a.b')],
  ['four parts', async () => `${await token()}.x`],
  ['five parts (encrypted)', () => Promise.resolve('a.b.c.d.e')],
  ['a changed payload', async () => changed(await token())],
  ['a changed signature', async () => `${(await token()).slice(0, -6)}AAAAAA`],
];

/** Signed by hand: the library refuses to make one. */
const criticalToken = () =>
  new CompactSign(Buffer.from(`{${goodText},"sub":"ann"}`))
    .setProtectedHeader({ alg: 'RS256', kid: 'r1', crit: ['urn:x'], 'urn:x': true })
    .sign(rsa.privateKey, { crit: { 'urn:x': true } });

function changed(text: string): string {
  const [header, , signature] = text.split('.');
  const payload = { iss: ISSUER, aud: AUDIENCE, sub: 'admin', exp: NOW + 600, ...claims };
  return `${String(header)}.${part(payload)}.${String(signature)}`;
}

describe('a token that does not count is 401', () => {
  it.each(CORPUS)('%s', async (_what, make) => {
    const verify = verifying();
    expect(await outcome(verify(await make()))).toBe('unauthenticated');
  });

  it('also with the public key from a file', async () => {
    const file = path.join(root, 'public.pem');
    writeFileSync(file, spki);
    const verify = open({ STEMMA_JWT_PUBLIC_KEY_FILE: file });
    expect(await outcome(verify(await token()))).toBe('accepted');
    for (const [what, make] of CORPUS.filter(([name]) => !name.includes('kid'))) {
      expect([what, await outcome(verify(await make()))]).toEqual([what, 'unauthenticated']);
    }
  });
});

describe('the person of a token', () => {
  const principal = (tenantId: string, subject: string) =>
    tenantId === LOCAL_TENANT_ID && subject === 'ann'
      ? { exists: true as const, subject, kind: 'user' as const, roles: ['viewer'] as const, suspended }
      : undefined;
  let suspended = false;
  const authenticate = () => {
    const identities = { principal } as never;
    const followed = { identities, isCurrent: () => true } as never;
    const shows = authenticating({ store: {} as never, followed, clock, verifyToken: verifying() });
    return async (wanted?: Wanted) => shows(`Bearer ${await token(wanted)}`);
  };

  it('may do what his principal may, whatever the token says', async () => {
    expect(await authenticate()({ payload: { roles: ['admin'], scope: 'all' } })).toMatchObject({
      person: 'ann',
      roles: ['viewer'],
      scopes: null,
    });
  });

  it('is nobody without a principal in that tenant, or while it is suspended', async () => {
    expect(await outcome(authenticate()({ payload: { sub: 'eve' } }))).toBe('unauthenticated');
    const elsewhere = { tenant: tenantIdOf('other') };
    expect(await outcome(authenticate()({ payload: elsewhere }))).toBe('unauthenticated');
    suspended = true;
    expect(await outcome(authenticate()())).toBe('unauthenticated');
    suspended = false;
  });
});

describe('the keys of the issuer', () => {
  it('that are known go on while it is away; an unknown id is 401, and asks once per cool-down', async () => {
    const page = await startJwks([await publicOf(rsa, 'r1')]);
    let now = 0;
    const keys = followJwks({ url: page.url, logger, coolDownMs: 1_000, maxAgeMs: 10_000, now: () => now });
    const verify = verifying(keys);
    expect(await outcome(verify(await token()))).toBe('accepted');
    expect(page.asked).toBe(1);
    page.away = true;
    now = 60_000;
    expect(await outcome(verify(await token()))).toBe('accepted');
    const unknown = await token({ header: { kid: 'ghost' } });
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => outcome(verify(unknown))));
    expect(new Set(outcomes)).toEqual(new Set(['unauthenticated']));
    expect(page.asked).toBe(2);
    now += 1_001;
    expect(await outcome(verify(unknown))).toBe('unauthenticated');
    expect(page.asked).toBe(3);
    expect(await outcome(verify(await token()))).toBe('accepted');
    page.server.close();
  });

  it('rotate: a new one counts at once, a withdrawn one no longer than its age', async () => {
    const page = await startJwks([await publicOf(rsa, 'r1')]);
    let now = 0;
    const keys = followJwks({ url: page.url, logger, coolDownMs: 1_000, maxAgeMs: 10_000, now: () => now });
    const verify = verifying(keys);
    const [old, fresh] = [
      await token(),
      await token({ header: { alg: 'ES256', kid: 'e1' }, key: ec.privateKey }),
    ];
    expect(await outcome(verify(old))).toBe('accepted');
    page.keys = [await publicOf(rsa, 'r1'), await publicOf(ec, 'e1')];
    now += 1_001;
    expect(await outcome(verify(fresh))).toBe('accepted');
    page.keys = [await publicOf(ec, 'e1')];
    now += 10_001;
    await eventually(
      () => outcome(verify(old)),
      (seen) => seen === 'unauthenticated',
    );
    expect(await outcome(verify(fresh))).toBe('accepted');
    page.server.close();
  });

  it('that never could be had: nobody can tell, and says so', async () => {
    const keys = followJwks({ url: 'http://127.0.0.1:1/jwks', logger });
    expect(await outcome(verifying(keys)(await token()))).toBe('unavailable');
  });

  it('that are secret ones, or too many, are not taken', async () => {
    const secret: JWK = { kty: 'oct', k: part('secret'), kid: 'r1', alg: 'HS256' };
    for (const bad of [[secret], [{ ...(await exportJWK(rsa.privateKey)), kid: 'r1' }]]) {
      const page = await startJwks(bad);
      const verify = verifying(followJwks({ url: page.url, logger }));
      expect(await outcome(verify(await token()))).toBe('unavailable');
      page.server.close();
    }
  });
});

function open(env: Readonly<Record<string, string>>): VerifyToken {
  const setup = { STEMMA_JWT_ISSUER: ISSUER, STEMMA_JWT_AUDIENCE: AUDIENCE, ...env };
  const verify = openTokens(readConfig(setup), logger, clock);
  if (!verify) throw new Error('tokens are not taken');
  return verify;
}

describe('the settings', () => {
  it('without any of them take no tokens; half a setup does not start', async () => {
    expect(openTokens(readConfig({}), logger, clock)).toBeUndefined();
    const file = path.join(root, 'private.pem');
    writeFileSync(file, await exportPKCS8(rsa.privateKey));
    for (const env of [
      { STEMMA_JWT_AUDIENCE: '' },
      { STEMMA_JWT_ISSUER: '' },
      {},
      { STEMMA_JWKS_URL: jwks.url, STEMMA_JWT_PUBLIC_KEY_FILE: file },
      { STEMMA_JWT_PUBLIC_KEY_FILE: file },
      { STEMMA_JWT_PUBLIC_KEY_FILE: path.join(root, 'missing') },
      { STEMMA_JWKS_URL: 'http://issuer.example/jwks' },
    ]) {
      expect(() => open(env)).toThrow(ConfigError);
    }
  });
});
