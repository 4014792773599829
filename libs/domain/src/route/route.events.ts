import type { HttpMethod } from '../script/script.events.js';

/**
 * Whose an HTTP method and path are within a tenant: stream `route-<tenantId>.<id('route', tenant, METHOD, path)>`. A hook
 * fires only where this owner and that script's own trigger agree (DESIGN §6).
 */
export type RouteEvent = RouteClaimed | RouteReleased;

interface OfRoute {
  readonly routeId: string;
  readonly method: HttpMethod;
  /** Literal and normalised: no parameters, no empty segments, no slash at the end. */
  readonly path: string;
  readonly scriptId: string;
  readonly triggerId: string;
}

/** Also a claim renewed by its owner, or taken over from one that did not make use of it. */
export interface RouteClaimed {
  readonly type: 'RouteClaimed';
  readonly data: OfRoute & { readonly slug: string };
}

export interface RouteReleased {
  readonly type: 'RouteReleased';
  readonly data: OfRoute;
}
