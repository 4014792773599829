import { SetMetadata } from '@nestjs/common';
import type { Permission } from './permissions.js';

/**
 * What a handler declares: a permission, or that anybody may call it without a credential, or that it is for those who
 * may see the metrics of this process (they have a guard of their own, and no tenant).
 */
export type Access = Permission | 'public' | 'metrics';

export const ACCESS = 'stemma:access';

export const Requires = (permission: Permission) => SetMetadata<string, Access>(ACCESS, permission);

export const ForOperators = () => SetMetadata<string, Access>(ACCESS, 'metrics');

/** Few and deliberate: a spec lists them. */
export const Public = () => SetMetadata<string, Access>(ACCESS, 'public');
