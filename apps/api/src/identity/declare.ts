import { SetMetadata } from '@nestjs/common';
import type { Permission } from './permissions.js';

/** What a handler declares: a permission, or that anybody may call it without a credential. */
export type Access = Permission | 'public';

export const ACCESS = 'stemma:access';

export const Requires = (permission: Permission) => SetMetadata<string, Access>(ACCESS, permission);

/** Few and deliberate: a spec lists them. */
export const Public = () => SetMetadata<string, Access>(ACCESS, 'public');
