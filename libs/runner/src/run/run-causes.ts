import type { Breach } from '../protocol/breach.js';

/** Why a run was ended from outside the script. Several can come true; the verdict has its order. */
export interface RunCauses {
  readonly cancelled: boolean;
  readonly timedOut: boolean;
  readonly breach: Breach | null;
}
