import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { Refused } from '../http/refused.js';
import { type ApiParts, PARTS } from '../parts.js';
import { unauthenticated } from './unauthenticated.js';
import { ACCESS, type Access } from './declare.js';
import { requirePermission } from './permissions.js';

/** Lets nobody in by default: a handler that declares nothing is closed to everybody (HAZARDS A1). */
@Injectable()
export class CredentialGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    @Inject(PARTS) private readonly parts: ApiParts,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.get<Access | undefined>(ACCESS, context.getHandler());
    if (access === 'public') return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (access === 'metrics') return this.letOperatorIn(request);
    const caller = await this.parts.authenticate(request.headers.authorization);
    if (access === undefined) throw new Refused('forbidden', 'Nobody was given access to this.');
    request.caller = caller;
    requirePermission(caller, access);
    return true;
  }

  private letOperatorIn(request: FastifyRequest): boolean {
    const refusal = this.parts.guardMetrics(request.raw);
    if (!refusal) return true;
    throw refusal.status === 401 ? unauthenticated(refusal.detail) : new Refused('forbidden', refusal.detail);
  }
}
