/** Stream `log-system`, revision 0: what makes one log another log. A position is only meaningful together with `logId`. */
export type LogEvent = LogCreated;

export interface LogCreated {
  readonly type: 'LogCreated';
  readonly data: {
    readonly logId: string;
    /** The log that this one is a copy of (`stemma log copy`); absent for one that began by itself. */
    readonly copiedFrom?: string;
  };
}
