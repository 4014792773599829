/** `quota` requests in `windowSeconds`: a full bucket is a whole window's worth, and it fills up steadily. */
export interface Policy {
  readonly quota: number;
  readonly windowSeconds: number;
}

/** What is left of a quota; `at` in milliseconds. */
export interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

/** What was asked for and given; `retryMs` until there is one more, 0 when something was given. */
export interface Grant {
  readonly granted: number;
  readonly left: number;
  readonly retryMs: number;
}

export const perMs = ({ quota, windowSeconds }: Policy): number => quota / (windowSeconds * 1_000);

/** Takes up to `want` tokens. Pure: the bucket of before goes in, that of after comes out. */
export function takeTokens(
  policy: Policy,
  bucket: Bucket | undefined,
  want: number,
  now: number,
): { readonly bucket: Bucket; readonly grant: Grant } {
  const { tokens, at } = bucket ?? { tokens: policy.quota, at: now };
  const filled = Math.min(policy.quota, tokens + Math.max(0, now - at) * perMs(policy));
  const granted = Math.min(want, Math.floor(filled));
  const left = filled - granted;
  return { bucket: { tokens: left, at: now }, grant: grantOf(policy, granted, left) };
}

export const grantOf = (policy: Policy, granted: number, left: number): Grant => ({
  granted,
  left,
  retryMs: granted > 0 ? 0 : Math.ceil((1 - left) / perMs(policy)),
});
