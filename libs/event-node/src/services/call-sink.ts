import type { GrpcError } from '../wire/grpc-errors.js';

/** The sending side of a streaming call, with the receiver's pace. */
export interface CallSink {
  /** Undefined when the receiver keeps up, else a promise of the moment when it does again (or has gone). */
  readonly send: (message: Buffer) => Promise<void> | undefined;
  readonly isOpen: () => boolean;
  /** Called once when the call is over, whoever ended it. */
  readonly onClose: (listener: () => void) => void;
  readonly end: () => void;
  readonly fail: (error: GrpcError) => void;
}

/** The part of grpc-js calls that a sink needs. */
export interface WritableCall {
  readonly cancelled: boolean;
  readonly write: (message: Buffer) => boolean;
  readonly end: () => unknown;
  readonly emit: (event: 'error', error: GrpcError) => boolean;
  readonly on: (event: 'drain' | 'cancelled' | 'error', listener: () => void) => unknown;
}

export function callSink(call: WritableCall): CallSink {
  let open = true;
  const listeners: (() => void)[] = [];
  const close = (): void => {
    if (!open) return;
    open = false;
    listeners.splice(0).forEach((listener) => listener());
  };
  /** Several messages may meet a receiver that is behind: all their senders go on when it has caught up. */
  const waiting: (() => void)[] = [];
  const goOn = (): void => waiting.splice(0).forEach((resolve) => resolve());
  const drained = (): Promise<void> => new Promise((resolve) => waiting.push(resolve));
  listeners.push(goOn);
  call.on('drain', goOn);
  call.on('cancelled', close);
  call.on('error', close);
  return {
    send: (message) => (open && !call.write(message) ? drained() : undefined),
    isOpen: () => open && !call.cancelled,
    onClose: (listener) => listeners.push(listener),
    end() {
      if (open) call.end();
      close();
    },
    fail(error) {
      if (open) call.emit('error', error);
      close();
    },
  };
}
