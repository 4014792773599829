import type { ReviewPolicy } from '../script/script.events.js';
import type { Meta } from './metadata.js';

/** What the tenant says to every decision within it: an input like the clock, read by the shell at that moment. */
export interface TenantTerms {
  readonly suspended: boolean;
  /** The default of its scripts. */
  readonly reviewPolicy: ReviewPolicy;
}

/** What somebody asks of a stream: validated data, and who asks and when. */
export interface Command<Type extends string, Data> {
  readonly type: Type;
  readonly data: Data;
  readonly meta: Meta;
  /** What the tenant says to it, at this moment; the shell always fills it in. Absent: the strict default. */
  readonly tenant?: TenantTerms;
}
