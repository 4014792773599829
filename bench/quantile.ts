/** The smallest of `values` that at least the share `q` (0..1] of them does not exceed; NaN of none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** To three significant digits: more would claim a precision that a bench does not have. */
export const rounded = (value: number): number => Number(value.toPrecision(3));
