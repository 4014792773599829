import { Controller, Get } from '@nestjs/common';
import { whoamiSchema } from '@stemma/contracts';
import { callerOf, Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';

@Controller('v1/whoami')
export class WhoamiController {
  @Get()
  @Operation({
    id: 'whoAmI',
    summary: 'Who the API takes you for',
    access: 'self:read',
    answer: whoamiSchema,
  })
  show(@Exchange() exchange: HttpExchange) {
    const { person, kind, tenantId, roles, keyId, expiresAt } = callerOf(exchange);
    return { person, kind, tenantId, roles, keyId, expiresAt };
  }
}
