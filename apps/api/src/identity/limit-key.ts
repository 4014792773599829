import type { Caller } from './caller.js';
import { Refused } from '../http/refused.js';
import { invalidRequest } from '../http/zod.pipe.js';
import { isPermission } from './permissions.js';

export interface AskedKey {
  readonly scopes: readonly string[] | null;
  readonly expiresAt: string | null;
}

/**
 * A credential makes none that can do more or lives longer than itself: whoever finds a narrow or short-lived one cannot
 * make himself a better one of it. Throws `Refused`.
 */
export function requireNoMoreThan(caller: Caller, { scopes, expiresAt }: AskedKey): void {
  const unknown = (scopes ?? []).findIndex((name) => !isPermission(name));
  if (unknown >= 0) {
    const message = 'is no permission of this release; /docs lists what each operation needs';
    throw invalidRequest([{ path: `/scopes/${unknown}`, message }]);
  }
  if (caller.scopes !== null && !(scopes?.every((name) => caller.scopes?.includes(name)) ?? false)) {
    const own = caller.scopes.join(', ');
    throw new Refused(
      'forbidden',
      `This key is narrowed to ${own}: name scopes among these for the new one.`,
    );
  }
  if (caller.expiresAt === null) return;
  if (expiresAt === null || Date.parse(expiresAt) > Date.parse(caller.expiresAt)) {
    throw new Refused(
      'forbidden',
      `This credential expires at ${caller.expiresAt}: the new key must not live longer.`,
    );
  }
}
