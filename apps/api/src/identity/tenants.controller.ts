import { Controller, Get, Inject, Param, Post } from '@nestjs/common';
import {
  type CommandContext,
  CreateTenant,
  FIRST_ADMIN,
  firstKeyIdOf,
  RestoreTenant,
  SuspendTenant,
  tenantIdOf,
} from '@stemma/commands';
import {
  createKeyAnswer,
  createTenantAnswer,
  createTenantBody,
  emptyBody,
  suspendTenantBody,
  tenantAnswer,
  tenantIdParameter,
  tenantListSchema,
  type TenantShown,
  tenantSchema,
} from '@stemma/contracts';
import type { z } from 'zod';
import { Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { ZodPipe } from '../http/zod.pipe.js';
import { type ApiParts, PARTS } from '../parts.js';
import { ValidBody } from '../scripts/parameters.js';
import { formatApiKey } from './api-key.js';
import type { ListedTenant } from './identities.js';
import { IdentityEdge } from './identity-edge.js';
import { createKeyFor } from './keys.controller.js';
import { mintSecret } from './mint-secret.js';

const TenantId = () => Param('tenantId', new ZodPipe(tenantIdParameter, '{tenantId}'));
const ofTenant = { tenantId: tenantIdParameter };

/** All tenants: for administrators of the first one alone. */
@Controller('v1/tenants')
export class TenantsController {
  constructor(
    private readonly edge: IdentityEdge,
    @Inject(PARTS) private readonly parts: ApiParts,
  ) {}

  @Post()
  @Operation({
    id: 'createTenant',
    summary: 'Create a tenant, its first administrator and his key; the key is shown once',
    access: 'tenant:administer',
    command: true,
    body: createTenantBody,
    answer: createTenantAnswer,
    status: 201,
    refusals: ['tenant-exists'],
  })
  async create(
    @Exchange() exchange: HttpExchange,
    @ValidBody(createTenantBody) body: z.output<typeof createTenantBody>,
  ) {
    const { secret, secretHash } = mintSecret();
    let keyId = '';
    const answer = await this.edge.execute(exchange, body, (plain) => {
      const context = this.edge.acrossTo(exchange, tenantIdOf(body.name), plain);
      keyId = firstKeyIdOf(context.commandId, secretHash);
      return new CreateTenant({ body, secretHash, context });
    });
    const { tenantId, name } = answer.body;
    void exchange.reply.header('Cache-Control', 'no-store');
    if (answer.replayed) return { tenantId, name, admin: FIRST_ADMIN, keyId: null, key: null };
    return { tenantId, name, admin: FIRST_ADMIN, keyId, key: formatApiKey({ keyId, secret }) };
  }

  @Get()
  @Operation({
    id: 'listTenants',
    summary: 'Every tenant',
    access: 'tenant:administer',
    answer: tenantListSchema,
  })
  list() {
    return { items: this.parts.identities.tenants().map(tenantOf) };
  }

  @Get(':tenantId')
  @Operation({
    id: 'showTenant',
    summary: 'A tenant as it is now',
    access: 'tenant:administer',
    params: ofTenant,
    answer: tenantSchema,
    refusals: ['tenant-not-found'],
  })
  show(@TenantId() tenantId: string) {
    return tenantOf(this.edge.requireTenant(tenantId));
  }

  @Post(':tenantId/suspend')
  @Operation({
    id: 'suspendTenant',
    summary: 'Let a tenant be read, but neither write nor run, until it is restored',
    access: 'tenant:administer',
    command: true,
    params: ofTenant,
    body: suspendTenantBody,
    answer: tenantAnswer,
    refusals: ['tenant-not-found', 'first-tenant'],
  })
  suspend(
    @Exchange() exchange: HttpExchange,
    @TenantId() tenantId: string,
    @ValidBody(suspendTenantBody) body: z.output<typeof suspendTenantBody>,
  ) {
    const context = this.within(exchange, tenantId);
    return this.edge.run(exchange, body, (plain) => new SuspendTenant({ body, context: context(plain) }));
  }

  @Post(':tenantId/restore')
  @Operation({
    id: 'restoreTenant',
    summary: 'Let a tenant write and run again',
    access: 'tenant:administer',
    command: true,
    params: ofTenant,
    body: emptyBody,
    answer: tenantAnswer,
    refusals: ['tenant-not-found'],
  })
  restore(
    @Exchange() exchange: HttpExchange,
    @TenantId() tenantId: string,
    @ValidBody(emptyBody) body: z.output<typeof emptyBody>,
  ) {
    const context = this.within(exchange, tenantId);
    return this.edge.run(exchange, body, (plain) => new RestoreTenant({ body, context: context(plain) }));
  }

  @Post(':tenantId/keys')
  @Operation({
    id: 'createTenantKey',
    summary: 'Create another key for the first administrator of a tenant, when the first one was lost',
    access: 'tenant:administer',
    command: true,
    params: ofTenant,
    body: emptyBody,
    answer: createKeyAnswer,
    status: 201,
    refusals: ['tenant-not-found', 'principal-not-found', 'tenant-suspended'],
  })
  createKey(
    @Exchange() exchange: HttpExchange,
    @TenantId() tenantId: string,
    @ValidBody(emptyBody) _body: z.output<typeof emptyBody>,
  ) {
    const body = { person: FIRST_ADMIN, label: null, scopes: null, expiresAt: null };
    const context = this.within(exchange, tenantId);
    return createKeyFor(this.edge, exchange, { body, subject: FIRST_ADMIN, context });
  }

  private within(exchange: HttpExchange, tenantId: string): (context: CommandContext) => CommandContext {
    this.edge.requireTenant(tenantId);
    return (context) => this.edge.acrossTo(exchange, tenantId, context);
  }
}

export function tenantOf({
  tenantId,
  name,
  suspended,
  reviewPolicy,
  createdAt,
  createdBy,
}: ListedTenant): TenantShown {
  return { tenantId, name, suspended, reviewPolicy: { ...reviewPolicy }, createdAt, createdBy };
}
