/** How a reason meets HTTP. `remedy` is what its page tells people to do. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  readonly remedy: string;
}
