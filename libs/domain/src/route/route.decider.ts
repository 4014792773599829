import type { Decider } from '@stemma/decider';
import type { Meta } from '../shared/metadata.js';
import { type ClaimRoute, claimRoute } from './claim-route.js';
import { type ReleaseRoute, releaseRoute } from './release-route.js';
import type { RouteEvent } from './route.events.js';
import { evolveRoute, freeRoute, type RouteState } from './route.state.js';

export type RouteCommand = ClaimRoute | ReleaseRoute;

export const routeDecider: Decider<RouteState, RouteCommand, RouteEvent, Meta> = {
  initial: freeRoute,
  evolve: evolveRoute,
  decide,
};

function decide(state: RouteState, command: RouteCommand): readonly RouteEvent[] {
  switch (command.type) {
    case 'ClaimRoute':
      return claimRoute(state, command);
    case 'ReleaseRoute':
      return releaseRoute(state, command);
  }
}
