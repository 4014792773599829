import { z } from 'zod';
import type { Setting } from './setting.js';

/** For taking JWTs beside keys. */
export const tokenSettings = {
  jwtIssuer: {
    name: 'STEMMA_JWT_ISSUER',
    schema: z.string().min(1).max(1_000),
    form: 'issuer',
    help: 'Takes Bearer JWTs too: the `iss` that they must have. With it go `STEMMA_JWT_AUDIENCE`, and `STEMMA_JWKS_URL` or `STEMMA_JWT_PUBLIC_KEY_FILE`.',
    usedBy: ['api'],
    exposure: 'public',
  },
  jwtAudience: {
    name: 'STEMMA_JWT_AUDIENCE',
    schema: z.string().min(1).max(1_000),
    form: 'audience',
    help: 'The `aud` that JWTs must have.',
    usedBy: ['api'],
    exposure: 'public',
  },
  jwtTenantClaim: {
    name: 'STEMMA_JWT_TENANT_CLAIM',
    schema: z.string().min(1).max(200),
    fallback: 'tenant',
    form: 'claim',
    help: "The claim of a JWT that holds the tenant's id. Roles never come from a token, but from the principal that `sub` names.",
    usedBy: ['api'],
    exposure: 'public',
  },
  jwksUrl: {
    name: 'STEMMA_JWKS_URL',
    schema: z
      .string()
      .regex(
        /^(https:\/\/|http:\/\/(127\.0\.0\.1|\[::1\]|localhost)([:/]|$))./,
        'does not begin with https:// (http:// only on this machine)',
      ),
    form: 'https://…',
    help: "Where the issuer's public keys are: kept, asked for again every ten minutes or for a new key id, and used on while it is away.",
    usedBy: ['api'],
    exposure: 'url',
  },
  jwtPublicKeyFile: {
    name: 'STEMMA_JWT_PUBLIC_KEY_FILE',
    schema: z.string().min(1),
    form: 'file',
    help: "The issuer's public key (PEM) or keys (JWKS) in a file, instead of `STEMMA_JWKS_URL`.",
    usedBy: ['api'],
    exposure: 'public',
  },
} as const satisfies Record<string, Setting>;
