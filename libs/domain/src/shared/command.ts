import type { TenantTerms } from '../tenant/tenant-terms.js';
import type { Meta } from './metadata.js';

/** What somebody asks of a stream: validated data, and who asks and when. */
export interface Command<Type extends string, Data> {
  readonly type: Type;
  readonly data: Data;
  readonly meta: Meta;
  /** What the tenant says to it, at this moment; the shell always fills it in. Absent: the strict default. */
  readonly tenant?: TenantTerms;
}
