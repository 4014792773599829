/** Every event there is, one line per stream. Projections are typed over it, so a new event lists the places to change. */
import type { ApiKeyEvent } from './apikey/apikey.events.js';
import type { ContentEvent } from './content/content.events.js';
import type { LogEvent } from './log/log.events.js';
import type { PrincipalEvent } from './principal/principal.events.js';
import type { RouteEvent } from './route/route.events.js';
import type { RunEvent } from './run/run.events.js';
import type { ScriptEvent } from './script/script.events.js';
import type { SecretEvent, SecretKeyEvent } from './secret/secret.events.js';
import type { SecurityEvent } from './security/security.events.js';
import type { TenantEvent } from './tenant/tenant.events.js';

export type * from './apikey/apikey.events.js';
export type * from './content/content.events.js';
export type * from './log/log.events.js';
export type * from './principal/principal.events.js';
export type * from './route/route.events.js';
export type * from './run/run.events.js';
export type * from './script/script.events.js';
export type * from './secret/secret.events.js';
export type * from './security/security.events.js';
export type * from './tenant/tenant.events.js';
export type { Actor, EventMetadata } from './shared/metadata.js';
export { upcasters } from './upcasters.js';
export type { DomainUpcaster } from './upcasters.js';

export type StemmaEvent =
  | ApiKeyEvent
  | ContentEvent
  | LogEvent
  | PrincipalEvent
  | RouteEvent
  | RunEvent
  | ScriptEvent
  | SecretEvent
  | SecretKeyEvent
  | SecurityEvent
  | TenantEvent;
