import { Controller, Delete, Get, Inject, Param, Post, Put } from '@nestjs/common';
import { ChangeRoles, CreatePrincipal, RestorePrincipal, SuspendPrincipal } from '@stemma/commands';
import {
  changeRolesBody,
  createPrincipalBody,
  directoryBody,
  directoryEntrySchema,
  emptyBody,
  type PrincipalShown,
  principalAnswer,
  principalListSchema,
  principalSchema,
  subjectParameter,
  suspendPrincipalBody,
} from '@stemma/contracts';
import type { DirectoryEntry } from '@stemma/read-model';
import type { z } from 'zod';
import { callerOf, Exchange, type HttpExchange } from '../http/exchange.js';
import { Operation } from '../http/operation.js';
import { Refused } from '../http/refused.js';
import { ZodPipe } from '../http/zod.pipe.js';
import { type ApiParts, PARTS } from '../parts.js';
import { ValidBody } from '../scripts/parameters.js';
import { eraseEntry, namesOf, putEntry } from './directory.js';
import type { ListedPrincipal } from './identities.js';
import { IdentityEdge } from './identity-edge.js';

const Subject = () => Param('subject', new ZodPipe(subjectParameter, '{subject}'));
const ofPrincipal = { subject: subjectParameter };
const managed = ['principal-not-found', 'own-principal', 'tenant-suspended'] as const;

/** People and services of the tenant. Nobody changes himself. */
@Controller('v1/principals')
export class PrincipalsController {
  constructor(
    private readonly edge: IdentityEdge,
    @Inject(PARTS) private readonly parts: ApiParts,
  ) {}

  @Post()
  @Operation({
    id: 'createPrincipal',
    summary: 'Create a person or a service, with roles; its keys come after',
    access: 'principal:administer',
    command: true,
    body: createPrincipalBody,
    answer: principalAnswer,
    status: 201,
    refusals: ['principal-exists', 'tenant-suspended'],
  })
  create(
    @Exchange() exchange: HttpExchange,
    @ValidBody(createPrincipalBody) body: z.output<typeof createPrincipalBody>,
  ) {
    const { subject } = body;
    return this.edge.run(exchange, body, (context) => new CreatePrincipal({ subject, body, context }));
  }

  @Get()
  @Operation({
    id: 'listPrincipals',
    summary: 'Everybody in the tenant',
    access: 'principal:read',
    answer: principalListSchema,
  })
  async list(@Exchange() exchange: HttpExchange) {
    const { tenantId } = callerOf(exchange);
    const names = await namesOf(this.parts.directory, tenantId);
    return {
      items: this.parts.identities
        .principals(tenantId)
        .map((principal) => principalOf(principal, names.get(principal.subject))),
    };
  }

  @Get(':subject')
  @Operation({
    id: 'showPrincipal',
    summary: 'A person or service as it is now',
    access: 'principal:read',
    params: ofPrincipal,
    answer: principalSchema,
    refusals: ['principal-not-found'],
  })
  async show(@Exchange() exchange: HttpExchange, @Subject() subject: string) {
    const { tenantId } = callerOf(exchange);
    const principal = this.require(tenantId, subject);
    return principalOf(principal, await this.parts.directory.find(tenantId, subject));
  }

  @Put(':subject/roles')
  @Operation({
    id: 'changeRoles',
    summary: 'Change the roles, whole',
    access: 'principal:administer',
    command: true,
    params: ofPrincipal,
    body: changeRolesBody,
    answer: principalAnswer,
    refusals: managed,
  })
  changeRoles(
    @Exchange() exchange: HttpExchange,
    @Subject() subject: string,
    @ValidBody(changeRolesBody) body: z.output<typeof changeRolesBody>,
  ) {
    return this.edge.run(exchange, body, (context) => new ChangeRoles({ subject, body, context }));
  }

  @Post(':subject/suspend')
  @Operation({
    id: 'suspendPrincipal',
    summary: 'Let none of its credentials in until it is restored',
    access: 'principal:administer',
    command: true,
    params: ofPrincipal,
    body: suspendPrincipalBody,
    answer: principalAnswer,
    refusals: managed,
  })
  suspend(
    @Exchange() exchange: HttpExchange,
    @Subject() subject: string,
    @ValidBody(suspendPrincipalBody) body: z.output<typeof suspendPrincipalBody>,
  ) {
    return this.edge.run(exchange, body, (context) => new SuspendPrincipal({ subject, body, context }));
  }

  @Post(':subject/restore')
  @Operation({
    id: 'restorePrincipal',
    summary: 'Let its credentials in again',
    access: 'principal:administer',
    command: true,
    params: ofPrincipal,
    body: emptyBody,
    answer: principalAnswer,
    refusals: managed,
  })
  restore(
    @Exchange() exchange: HttpExchange,
    @Subject() subject: string,
    @ValidBody(emptyBody) body: z.output<typeof emptyBody>,
  ) {
    return this.edge.run(exchange, body, (context) => new RestorePrincipal({ subject, body, context }));
  }

  @Put(':subject/directory')
  @Operation({
    id: 'namePrincipal',
    summary: 'Set the display name and the mail address, whole; they stand in no event',
    access: 'principal:administer',
    params: ofPrincipal,
    body: directoryBody,
    answer: directoryEntrySchema,
    refusals: ['principal-not-found', 'tenant-suspended'],
  })
  name(
    @Exchange() exchange: HttpExchange,
    @Subject() subject: string,
    @ValidBody(directoryBody) body: z.output<typeof directoryBody>,
  ) {
    const { tenantId } = callerOf(exchange);
    this.require(tenantId, subject);
    return putEntry(this.parts, tenantId, { subject, ...body });
  }

  @Delete(':subject/directory')
  @Operation({
    id: 'forgetPrincipal',
    summary: 'Forget the display name and the mail address; the history keeps the subject alone',
    access: 'principal:administer',
    params: ofPrincipal,
    answer: principalAnswer,
    refusals: ['principal-not-found'],
  })
  forget(@Exchange() exchange: HttpExchange, @Subject() subject: string) {
    const { tenantId } = callerOf(exchange);
    this.require(tenantId, subject);
    return eraseEntry(this.parts, tenantId, subject);
  }

  private require(tenantId: string, subject: string): ListedPrincipal {
    const found = this.parts.identities.principal(tenantId, subject);
    if (found) return found;
    throw new Refused(
      'principal-not-found',
      'There is no such principal. Create it first: POST /v1/principals.',
    );
  }
}

function principalOf(
  { subject, kind, roles, suspended, createdAt, createdBy }: ListedPrincipal,
  entry: DirectoryEntry | undefined,
): PrincipalShown {
  const { displayName = null, mail = null } = entry ?? {};
  return { subject, kind, roles: [...roles], suspended, displayName, mail, createdAt, createdBy };
}
