import { applyDecorators, SetMetadata } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { Permission } from './permissions.js';

/**
 * What a handler declares: a permission, or that anybody may call it without a credential, or that it is for those who
 * may see the metrics of this process (they have a guard of their own, and no tenant).
 */
export type Access = Permission | 'public' | 'metrics';

export const ACCESS = 'stemma:access';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the handler of this route declares; absent for what is no handler of ours (/docs, unknown paths). */
    access?: Access;
    /** The name of its operation, as metrics and clients know it. */
    operation?: string;
  }
}

/** Said twice in one breath: to the guard before the handler, and to the door before the body. */
const declare = (access: Access, operation: string) =>
  applyDecorators(SetMetadata<string, Access>(ACCESS, access), RouteConfig({ access, operation }));

export const Requires = (permission: Permission, operation: string) => declare(permission, operation);

/** For operators' tools: not for the world, and not for callers of the API. */
export const ForOperators = (operation: string) => declare('metrics', operation);

/** Few and deliberate: a spec lists them. */
export const Public = (operation: string) => declare('public', operation);
