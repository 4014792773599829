import { Controller, Delete, Get, Inject, Put } from '@nestjs/common';
import { directoryBody, directoryEntrySchema, principalAnswer, whoamiSchema } from '@stemma/contracts';
import type { DirectoryEntry } from '@stemma/read-model';
import { setTimeout as pause } from 'node:timers/promises';
import type { z } from 'zod';
import { callerOf, Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { type ApiParts, PARTS } from '../parts.js';
import { ValidBody } from '../scripts/parameters.js';
import { eraseEntry, putEntry } from './directory.js';

/** Who one is has to be said without Postgres too: then it is said without the name. */
const NAME_MS = 500;

@Controller('v1/whoami')
export class WhoamiController {
  constructor(@Inject(PARTS) private readonly parts: ApiParts) {}

  @Get()
  @Operation({
    id: 'whoAmI',
    summary: 'Who the API takes you for',
    access: 'self:read',
    answer: whoamiSchema,
  })
  async show(@Exchange() exchange: HttpExchange) {
    const { person, kind, tenantId, roles, keyId, scopes, expiresAt } = callerOf(exchange);
    const { displayName = null, mail = null } = (await this.find(tenantId, person)) ?? {};
    return { person, displayName, mail, kind, tenantId, roles, keyId, scopes, expiresAt };
  }

  @Put('directory')
  @Operation({
    id: 'nameMyself',
    summary: 'Set your display name and your mail address, whole; they stand in no event',
    access: 'self:write',
    body: directoryBody,
    answer: directoryEntrySchema,
    refusals: ['tenant-suspended'],
  })
  name(@Exchange() exchange: HttpExchange, @ValidBody(directoryBody) body: z.output<typeof directoryBody>) {
    const { tenantId, person } = callerOf(exchange);
    return putEntry(this.parts, tenantId, { subject: person, ...body });
  }

  @Delete('directory')
  @Operation({
    id: 'forgetMyself',
    summary: 'Forget your display name and your mail address',
    access: 'self:write',
    answer: principalAnswer,
  })
  forget(@Exchange() exchange: HttpExchange) {
    const { tenantId, person } = callerOf(exchange);
    return eraseEntry(this.parts, tenantId, person);
  }

  private find(tenantId: string, person: string): Promise<DirectoryEntry | undefined> {
    const found = this.parts.directory.find(tenantId, person).catch(() => undefined);
    return Promise.race([found, pause(NAME_MS, undefined, { ref: false })]);
  }
}
