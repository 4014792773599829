import { epochMs } from '../shared/instants.js';
import type { Meta } from '../shared/metadata.js';
import type { RouteEvent } from './route.events.js';

/** Whose a method and path are now. */
export interface RouteState {
  readonly owner: RouteOwner | null;
}

export interface RouteOwner {
  readonly scriptId: string;
  readonly slug: string;
  readonly triggerId: string;
  /** Milliseconds since 1970, of the claim or its last renewal. */
  readonly claimedAt: number;
}

export const freeRoute: RouteState = Object.freeze({ owner: null });

export function evolveRoute(_state: RouteState, event: RouteEvent, { at }: Meta): RouteState {
  switch (event.type) {
    case 'RouteClaimed': {
      const { scriptId, slug, triggerId } = event.data;
      return { owner: { scriptId, slug, triggerId, claimedAt: epochMs(at) } };
    }
    case 'RouteReleased':
      return freeRoute;
  }
}
