/** One step of a version's way from draft to active, as the command line offers it. */
export interface Step {
  readonly move: string;
  readonly operation:
    'submitForReview' | 'withdrawSubmission' | 'approveVersion' | 'requestChanges' | 'publishVersion';
  readonly help: string;
  readonly done: string;
  /** Which version it is about when none is named. */
  readonly usual: 'newest' | 'in review';
  readonly note: 'none' | 'optional' | 'required';
  readonly then: string | null;
}

export const steps: readonly Step[] = [
  {
    move: 'submit',
    operation: 'submitForReview',
    help: 'Ask for a review of a draft.',
    done: 'is in review',
    usual: 'newest',
    note: 'none',
    then: 'approve',
  },
  {
    move: 'withdraw',
    operation: 'withdrawSubmission',
    help: 'Take a version back from review; it is a draft again.',
    done: 'is taken back',
    usual: 'in review',
    note: 'none',
    then: null,
  },
  {
    move: 'approve',
    operation: 'approveVersion',
    help: 'Approve the version in review. Nobody approves their own.',
    done: 'is approved by you',
    usual: 'in review',
    note: 'optional',
    then: 'publish',
  },
  {
    move: 'request-changes',
    operation: 'requestChanges',
    help: 'Send the version in review back to its author, with your words.',
    done: 'goes back to its author',
    usual: 'in review',
    note: 'required',
    then: null,
  },
  {
    move: 'publish',
    operation: 'publishVersion',
    help: 'Make the approved version the active one; the one before is archived.',
    done: 'is active',
    usual: 'in review',
    note: 'none',
    then: null,
  },
];
