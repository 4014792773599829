import { Controller, Get, Put } from '@nestjs/common';
import { SetTenantReviewPolicy } from '@stemma/commands';
import { reviewPolicyAnswer, reviewPolicyBody, tenantSchema } from '@stemma/contracts';
import type { z } from 'zod';
import { callerOf, Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { ValidBody } from '../scripts/parameters.js';
import { IdentityEdge } from './identity-edge.js';
import { tenantOf } from './tenants.controller.js';

/** The caller's own tenant. */
@Controller('v1/tenant')
export class TenantController {
  constructor(private readonly edge: IdentityEdge) {}

  @Get()
  @Operation({
    id: 'showOwnTenant',
    summary: 'Your tenant: its name, whether it is suspended, its review policy',
    access: 'tenant:read',
    answer: tenantSchema,
    refusals: ['tenant-not-found'],
  })
  show(@Exchange() exchange: HttpExchange) {
    return tenantOf(this.edge.requireTenant(callerOf(exchange).tenantId));
  }

  @Put('review-policy')
  @Operation({
    id: 'setTenantReviewPolicy',
    summary: 'Set the review policy of every script that has none of its own, whole',
    access: 'tenant:set-policy',
    command: true,
    body: reviewPolicyBody,
    answer: reviewPolicyAnswer,
    refusals: ['tenant-not-found', 'tenant-suspended'],
  })
  setReviewPolicy(
    @Exchange() exchange: HttpExchange,
    @ValidBody(reviewPolicyBody) body: z.output<typeof reviewPolicyBody>,
  ) {
    return this.edge.run(exchange, body, (context) => new SetTenantReviewPolicy({ body, context }));
  }
}
