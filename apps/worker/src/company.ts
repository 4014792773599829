import type { Presence } from '@stemma/queue';
import type { SilenceWatch } from './silence.js';
import type { WorkerIdentity } from './worker-identity.js';

/** Whether another worker may take from the same queue. */
export interface Company {
  /** What Redis says of the workers now. */
  look(presence: Presence): void;
  /** As of the last look; false before the first. Nothing that counts may depend on it: who has just come is not known yet. */
  isAlone(): boolean;
}

export function openCompany(identity: WorkerIdentity, silence: Pick<SilenceWatch, 'isSilent'>): Company {
  let alone = false;
  return {
    look(presence) {
      alone = [...presence.keys()].every(
        (workerId) =>
          workerId === identity.id || identity.isCertainlyGone(workerId) || silence.isSilent(workerId),
      );
    },
    isAlone: () => alone,
  };
}
