import type { HttpMethod } from '../script/script.events.js';
import type { Command } from '../shared/command.js';
import { routeIdOf } from '../shared/ids.js';
import { epochMs, MINUTE } from '../shared/instants.js';
import { refuse } from '../shared/rejections.js';
import type { RouteEvent } from './route.events.js';
import type { RouteOwner, RouteState } from './route.state.js';

export interface Claim {
  readonly method: HttpMethod;
  readonly path: string;
  readonly scriptId: string;
  readonly slug: string;
  readonly triggerId: string;
  /** The owner whose script was looked at, if it lacks the trigger that it claimed the route for. */
  readonly idleOwner: { readonly scriptId: string; readonly triggerId: string } | null;
}

export type ClaimRoute = Command<'ClaimRoute', Claim>;

/**
 * A method and path belong to one trigger of a tenant. A claim of one's own is renewed, so that whoever released it for an
 * older removal sees it move. One that its owner made no use of for a minute is taken over (DESIGN §6 "Routes").
 */
export function claimRoute({ owner }: RouteState, { data, meta }: ClaimRoute): RouteEvent[] {
  const { idleOwner, ...claim } = data;
  const now = epochMs(meta.at);
  if (owner && !isSame(owner, claim) && !(isSame(owner, idleOwner) && now - owner.claimedAt >= MINUTE)) {
    refuse(
      'route-taken',
      `${claim.method} ${claim.path} belongs to ${owner.slug}. Remove that trigger first, or choose another path.`,
      { slug: owner.slug },
    );
  }
  const routeId = routeIdOf(meta.tenantId, claim.method, claim.path);
  return [{ type: 'RouteClaimed', data: { routeId, ...claim } }];
}

type Claimant = Pick<RouteOwner, 'scriptId' | 'triggerId'>;

const isSame = (a: Claimant, b: Claimant | null): boolean =>
  a.scriptId === b?.scriptId && a.triggerId === b.triggerId;
