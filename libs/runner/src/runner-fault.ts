/**
 * What was not the script's doing. `engine-unreachable`, `container-lost` and `sink-failed` mean: this attempt is lost,
 * another may follow. `spec-refused` and `image-unavailable` will not get better by trying again.
 */
export type RunnerFaultCode =
  | 'engine-unreachable'
  | 'engine-unfit'
  | 'image-unavailable'
  | 'already-running'
  | 'container-lost'
  | 'sink-failed'
  | 'spec-refused'
  | 'closed';

/** A fault of the machinery; the message says what to do next. */
export class RunnerFault extends Error {
  readonly code: RunnerFaultCode;

  constructor(code: RunnerFaultCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RunnerFault';
    this.code = code;
  }
}
