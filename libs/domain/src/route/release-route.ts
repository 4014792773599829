import type { HttpMethod } from '../script/script.events.js';
import type { Command } from '../shared/command.js';
import { routeIdOf } from '../shared/ids.js';
import { epochMs } from '../shared/instants.js';
import type { RouteEvent } from './route.events.js';
import type { RouteState } from './route.state.js';

export interface Release {
  readonly method: HttpMethod;
  readonly path: string;
  readonly scriptId: string;
  readonly triggerId: string;
  /** When the trigger was removed: a claim made since then is for another one of the same name. */
  readonly removedAt: string;
}

export type ReleaseRoute = Command<'ReleaseRoute', Release>;

/** What is another's, or claimed anew, stays. */
export function releaseRoute({ owner }: RouteState, { data, meta }: ReleaseRoute): RouteEvent[] {
  const { removedAt, ...release } = data;
  if (owner?.scriptId !== release.scriptId || owner.triggerId !== release.triggerId) return [];
  if (owner.claimedAt > epochMs(removedAt)) return [];
  const routeId = routeIdOf(meta.tenantId, release.method, release.path);
  return [{ type: 'RouteReleased', data: { routeId, ...release } }];
}
