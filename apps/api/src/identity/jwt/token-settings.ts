import { type Config, ConfigError } from '@stemma/config';
import type { Logger } from '@stemma/observability';
import type { JWTVerifyGetKey } from 'jose';
import { followJwks } from './jwks.js';
import { readKeyFile } from './key-file.js';
import { type VerifyToken, verifyingTokens } from './verify-token.js';

type TokenSettings = Pick<
  Config,
  'jwtIssuer' | 'jwtAudience' | 'jwtTenantClaim' | 'jwksUrl' | 'jwtPublicKeyFile'
>;

/**
 * What checks tokens; undefined when none are taken. Half a setup is refused at the start, not at the first token.
 * Throws `ConfigError`.
 */
export function openTokens(
  { jwtIssuer, jwtAudience, jwtTenantClaim, jwksUrl, jwtPublicKeyFile }: TokenSettings,
  logger: Logger,
  clock: () => Date,
): VerifyToken | undefined {
  const given = [jwtIssuer, jwtAudience, jwksUrl, jwtPublicKeyFile];
  if (given.every((value) => value === undefined)) return undefined;
  if (jwtIssuer === undefined) throw lacking('STEMMA_JWT_ISSUER', 'is missing: it names who signs tokens.');
  if (jwtAudience === undefined) {
    throw lacking('STEMMA_JWT_AUDIENCE', 'is missing: a token for somebody else would count here.');
  }
  const keys = openKeys({ jwksUrl, jwtPublicKeyFile }, logger);
  return verifyingTokens({
    issuer: jwtIssuer,
    audience: jwtAudience,
    tenantClaim: jwtTenantClaim,
    keys,
    clock,
  });
}

function openKeys(
  { jwksUrl, jwtPublicKeyFile }: Pick<TokenSettings, 'jwksUrl' | 'jwtPublicKeyFile'>,
  logger: Logger,
): JWTVerifyGetKey {
  if ((jwksUrl === undefined) === (jwtPublicKeyFile === undefined)) {
    throw lacking('STEMMA_JWKS_URL', 'or STEMMA_JWT_PUBLIC_KEY_FILE has to be set, and not both.');
  }
  if (jwksUrl !== undefined) return followJwks({ url: jwksUrl, logger });
  const file = jwtPublicKeyFile ?? '';
  try {
    return readKeyFile(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'it cannot be read';
    throw lacking('STEMMA_JWT_PUBLIC_KEY_FILE', `cannot be used: ${reason}.`);
  }
}

const lacking = (name: string, message: string): ConfigError => new ConfigError([{ name, message }]);
