import { subjectParameter, tenantIdParameter } from '@stemma/contracts';
import { errors, type JWTHeaderParameters, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { UnusableJson } from '../../http/json-shape.js';
import { readJson } from '../../http/read-json.js';
import { Refused } from '../../http/refused.js';
import { unauthenticated } from '../unauthenticated.js';

/** Whom a token names. What he may do stands in his principal's stream, not in the token. */
export interface TokenSubject {
  readonly tenantId: string;
  readonly subject: string;
  /** `jwt:` and the id of the key that signed it. */
  readonly via: string;
  readonly expiresAt: string;
}

/** Throws `Refused`: 401 for a token that does not count, 503 while nobody can tell. */
export type VerifyToken = (token: string) => Promise<TokenSubject>;

export interface TokenOptions {
  readonly issuer: string;
  readonly audience: string;
  /** The claim that names the tenant, by its id. */
  readonly tenantClaim: string;
  readonly keys: JWTVerifyGetKey;
  readonly clock: () => Date;
}

/** Asymmetric ones alone: with a shared secret, whoever can check a token could make one. */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];

const MOST_CHARACTERS = 8_192;
const TOLERANCE_SECONDS = 5;
const LIMITS = { depth: 8, parts: 1_000 };

/** A key that the token itself brings, or says where to find, proves nothing. */
const FOREIGN_KEYS = ['jku', 'jwk', 'x5u', 'x5c'];

export function verifyingTokens({ issuer, audience, tenantClaim, keys, clock }: TokenOptions): VerifyToken {
  return async (token) => {
    requireForm(token);
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      requiredClaims: ['exp', 'sub', tenantClaim],
      clockTolerance: TOLERANCE_SECONDS,
      currentDate: clock(),
    }).catch(translated);
    return subjectOf(payload, protectedHeader, tenantClaim);
  };
}

/** Before any key is looked for: its size, its form, and that no name stands twice in it. */
function requireForm(token: string): void {
  if (token.length > MOST_CHARACTERS) throw unauthenticated('This token is too large.');
  const [header, payload, ...rest] = token.split('.');
  if (rest.length !== 1) throw notValid();
  const { typ, ...others } = decode(header);
  decode(payload);
  if (typ !== undefined && !(typeof typ === 'string' && /^(application\/)?(at\+)?jwt$/i.test(typ)))
    throw notValid();
  if (FOREIGN_KEYS.some((name) => name in others)) {
    throw unauthenticated('This token brings its own key, or says where to find it: that proves nothing.');
  }
}

function decode(part = ''): Record<string, unknown> {
  try {
    const read = readJson(Buffer.from(part, 'base64url'), LIMITS);
    if (typeof read === 'object' && read !== null && !Array.isArray(read))
      return read as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof UnusableJson)) throw error;
  }
  throw notValid();
}

/** Whatever keeps a token from being verified, a key of another kind than its algorithm's for one, lets nobody in. */
function translated(error: unknown): never {
  if (error instanceof Refused) throw error;
  if (error instanceof errors.JWTExpired) throw unauthenticated('This token has expired.');
  throw notValid();
}

const notValid = (): Refused => unauthenticated('This token is not valid here.');

function subjectOf(payload: JWTPayload, { kid }: JWTHeaderParameters, tenantClaim: string): TokenSubject {
  const tenantId = tenantIdParameter.safeParse(payload[tenantClaim]);
  const subject = subjectParameter.safeParse(payload.sub);
  if (!tenantId.success || !subject.success || payload.exp === undefined) throw notValid();
  const expiresAt = new Date(payload.exp * 1_000).toISOString();
  return { tenantId: tenantId.data, subject: subject.data, via: viaOf(kid), expiresAt };
}

const viaOf = (kid: string | undefined): string =>
  `jwt:${(kid ?? 'file').replace(/[^\x21-\x7e]/g, '').slice(0, 100)}`;
