import { Controller, Delete, Get, Inject, Param, Post } from '@nestjs/common';
import { type CommandContext, CreateApiKey, id, RevokeApiKey } from '@stemma/commands';
import {
  createKeyAnswer,
  createKeyBody,
  type Key,
  keyAnswer,
  keyIdParameter,
  keyListSchema,
  listKeysQuery,
  revokeKeyQuery,
} from '@stemma/contracts';
import type { z } from 'zod';
import { callerOf, Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { Refused } from '../http/refused.js';
import { ZodPipe } from '../http/zod.pipe.js';
import { type ApiParts, PARTS } from '../parts.js';
import { ValidBody, ValidQuery } from '../scripts/parameters.js';
import { formatApiKey } from './api-key.js';
import type { ListedKey } from './identities.js';
import { IdentityEdge } from './identity-edge.js';
import { requireNoMoreThan } from './limit-key.js';
import { mintSecret } from './mint-secret.js';
import { mayDo, requirePermission } from './permissions.js';

/** One's own keys; with `key:administer` everybody's of the tenant. */
@Controller('v1/keys')
export class KeysController {
  constructor(
    private readonly edge: IdentityEdge,
    @Inject(PARTS) private readonly parts: ApiParts,
  ) {}

  @Post()
  @Operation({
    id: 'createKey',
    summary: 'Create a key for yourself, or with key:administer for somebody else; it is shown once',
    access: 'key:own',
    command: true,
    body: createKeyBody,
    answer: createKeyAnswer,
    status: 201,
    refusals: ['key-expired', 'principal-not-found', 'tenant-suspended'],
  })
  async create(
    @Exchange() exchange: HttpExchange,
    @ValidBody(createKeyBody) body: z.output<typeof createKeyBody>,
  ) {
    const caller = callerOf(exchange);
    const subject = body.person ?? caller.person;
    if (subject !== caller.person) requirePermission(caller, 'key:administer');
    requireNoMoreThan(caller, body);
    return createKeyFor(this.edge, exchange, { body, subject, context: (context) => context });
  }

  @Get()
  @Operation({
    id: 'listKeys',
    summary: 'Your keys, revoked ones too',
    access: 'key:own',
    query: listKeysQuery,
    answer: keyListSchema,
  })
  list(
    @Exchange() exchange: HttpExchange,
    @ValidQuery(listKeysQuery) { all }: z.output<typeof listKeysQuery>,
  ) {
    const caller = callerOf(exchange);
    if (all) requirePermission(caller, 'key:administer');
    const keys = this.parts.identities.keys(caller.tenantId);
    return { items: keys.filter(({ subject }) => all || subject === caller.person).map(keyOf) };
  }

  @Delete(':keyId')
  @Operation({
    id: 'revokeKey',
    summary: 'Revoke a key, for ever; it opens nothing after a second at the latest',
    access: 'key:own',
    command: true,
    params: { keyId: keyIdParameter },
    query: revokeKeyQuery,
    answer: keyAnswer,
    refusals: ['key-not-found'],
  })
  async revoke(
    @Exchange() exchange: HttpExchange,
    @Param('keyId', new ZodPipe(keyIdParameter, '{keyId}')) keyId: string,
    @ValidQuery(revokeKeyQuery) query: z.output<typeof revokeKeyQuery>,
  ) {
    const caller = callerOf(exchange);
    const key = this.parts.identities.key(caller.tenantId, keyId);
    if (!key || (key.subject !== caller.person && !mayDo(caller, 'key:administer'))) throw keyNotFound();
    const body = { reason: query.reason ?? null };
    return this.edge.run(exchange, body, (context) => new RevokeApiKey({ keyId, body, context }));
  }
}

/** Somebody else's key is answered by the very same words as one that never was (HAZARDS A2). */
const keyNotFound = (): Refused =>
  new Refused('key-not-found', 'There is no such key. GET /v1/keys lists yours.');

interface NewKey {
  readonly body: z.output<typeof createKeyBody>;
  readonly subject: string;
  readonly context: (context: CommandContext) => CommandContext;
}

/** The secret is made here, shown in this answer, and kept by nobody: a replay cannot show it again (HAZARDS A8). */
export async function createKeyFor(
  edge: IdentityEdge,
  exchange: HttpExchange,
  { body, subject, context: within }: NewKey,
) {
  const { secret, secretHash } = mintSecret();
  let keyId = '';
  const answer = await edge.execute(exchange, body, (plain) => {
    const context = within(plain);
    keyId = id('apikey', context.tenantId, context.commandId);
    return new CreateApiKey({ keyId, subject, secretHash, body, context });
  });
  void exchange.reply.header('Cache-Control', 'no-store');
  return { ...answer.body, key: answer.replayed ? null : formatApiKey({ keyId, secret }) };
}

function keyOf({ keyId, subject, label, scopes, expiresAt, revoked, ...rest }: ListedKey): Key {
  const { createdAt, createdBy } = rest;
  return {
    keyId,
    prefix: `stm_${keyId}_`,
    person: subject,
    label,
    scopes: scopes && [...scopes],
    expiresAt,
    revoked,
    createdAt,
    createdBy,
  };
}
