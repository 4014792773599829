import { Controller, Get, Inject } from '@nestjs/common';
import { namesSchema } from '@stemma/contracts';
import { callerOf, Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { type ApiParts, PARTS } from '../parts.js';

/** What to call the people whom the history names by their subject. */
@Controller('v1/directory')
export class DirectoryController {
  constructor(@Inject(PARTS) private readonly parts: ApiParts) {}

  @Get()
  @Operation({
    id: 'listNames',
    summary: 'Display names of the people of the tenant, without their mail addresses',
    access: 'self:read',
    answer: namesSchema,
  })
  async list(@Exchange() exchange: HttpExchange) {
    const entries = await this.parts.directory.list(callerOf(exchange).tenantId);
    return { items: entries.map(({ subject, displayName }) => ({ subject, displayName })) };
  }
}
