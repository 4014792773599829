import type { View } from './session/open-session.js';

/** What a command has to say: `data` to machines, `text` to people. */
export interface Shown {
  /** Undefined when everything has been said already. */
  readonly data: unknown;
  readonly text: (view: View) => string;
  /** The text is the user's own bytes: nothing is added to it. */
  readonly verbatim?: boolean;
  readonly exitCode?: number;
  /** What the command goes on doing after it has said so. */
  readonly goOn?: () => Promise<void>;
}
