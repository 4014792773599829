import { streamName } from '../shared/ids.js';

/** `content-<tenantId>.<scriptId>.<sha256>`: the bytes of versions, once per script. */
export const contentStreamOf = (tenantId: string, scriptId: string, contentHash: string): string =>
  streamName('content', tenantId, `${scriptId}.${contentHash}`);
