import { specify } from '@stemma/decider';
import { describe, it } from '@jest/globals';
import { routeDecider } from './route.decider.js';
import type { RouteEvent } from './route.events.js';
import { at, claimant, claimOf, route, routeId } from './route.fixtures.js';

const { given } = specify(routeDecider);

const claimed = (slug: string, second: number) => ({
  event: {
    type: 'RouteClaimed',
    data: { routeId, ...route, ...claimant(slug), slug },
  } satisfies RouteEvent,
  meta: at(second),
});
const claim = (slug: string, second: number, idle: string | null = null) => ({
  type: 'ClaimRoute' as const,
  data: claimOf(slug, idle),
  meta: at(second),
});
const release = (slug: string, removedAt: number) => ({
  type: 'ReleaseRoute' as const,
  data: { ...route, ...claimant(slug), removedAt: at(removedAt).at },
  meta: at(300),
});

describe('a method and path', () => {
  it('belong to the first trigger that claims them', () => {
    given()
      .when(claim('sales', 0))
      .then([claimed('sales', 0).event]);
    given(claimed('sales', 0)).when(claim('stock', 1)).thenRejected('route-taken');
  });

  it('are claimed anew by their owner, so that an older removal does not release them', () => {
    given(claimed('sales', 0)).when(claim('sales', 5)).thenTypes('RouteClaimed');
    given(claimed('sales', 0), claimed('sales', 5)).when(release('sales', 4)).thenNothing();
    given(claimed('sales', 0), claimed('sales', 5)).when(release('sales', 6)).thenTypes('RouteReleased');
  });

  it('are taken over after a minute from an owner without the trigger, and not before', () => {
    given(claimed('sales', 0))
      .when(claim('stock', 59, 'sales'))
      .thenRejected('route-taken');
    given(claimed('sales', 0))
      .when(claim('stock', 60, 'sales'))
      .thenTypes('RouteClaimed');
    given(claimed('sales', 0)).when(claim('stock', 600)).thenRejected('route-taken');
  });

  it('are not taken from another owner than the one that was looked at', () => {
    given(claimed('sales', 0))
      .when(claim('stock', 600, 'bills'))
      .thenRejected('route-taken');
  });

  it('are free once released, and released by their owner alone', () => {
    given(claimed('sales', 0)).when(release('stock', 9)).thenNothing();
    given().when(release('sales', 9)).thenNothing();
    const released: RouteEvent = {
      type: 'RouteReleased',
      data: { routeId, ...route, ...claimant('sales') },
    };
    given(claimed('sales', 0), { event: released, meta: at(9) })
      .when(claim('stock', 10))
      .thenTypes('RouteClaimed');
  });
});
