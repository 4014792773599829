import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ApiParts, PARTS } from '../parts.js';
import { ACCESS, type Access } from './declare.js';

/**
 * The last door before a handler, whatever way led there: who was not let in for exactly what this handler declares is
 * asked again (HAZARDS A1).
 */
@Injectable()
export class CredentialGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    @Inject(PARTS) private readonly parts: ApiParts,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.get<Access | undefined>(ACCESS, context.getHandler());
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    if (access !== undefined && request.admittedFor === access) return true;
    await this.parts.admit(request, http.getResponse<FastifyReply>(), access);
    return true;
  }
}
