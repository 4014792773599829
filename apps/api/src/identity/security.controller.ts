import { Controller, Get, Inject } from '@nestjs/common';
import { readDenials } from '@stemma/commands';
import { denialListSchema, denialsQuery } from '@stemma/contracts';
import type { z } from 'zod';
import { callerOf, Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { type ApiParts, PARTS } from '../parts.js';
import { ValidQuery } from '../scripts/parameters.js';

@Controller('v1/security')
export class SecurityController {
  constructor(@Inject(PARTS) private readonly parts: ApiParts) {}

  @Get('denials')
  @Operation({
    id: 'listDenials',
    summary: 'What people of the tenant tried and may not do, newest first; a minute counts once it is over',
    access: 'security:read',
    query: denialsQuery,
    answer: denialListSchema,
  })
  async list(
    @Exchange() exchange: HttpExchange,
    @ValidQuery(denialsQuery) { limit }: z.output<typeof denialsQuery>,
  ) {
    return { items: await readDenials(this.parts.store, callerOf(exchange).tenantId, limit) };
  }
}
