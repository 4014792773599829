/** Every event there is, one line per stream. Projections are typed over it, so a new event lists the places to change. */
import type { ContentEvent } from './content/content.events.js';
import type { ScriptEvent } from './script/script.events.js';

export type { ContentEvent } from './content/content.events.js';
export type * from './script/script.events.js';
export type { Actor, EventMetadata } from './shared/metadata.js';

export type StemmaEvent = ScriptEvent | ContentEvent;
