/**
 * The plain closing line that scripts and people look for, from the results of one or more Jest runs. A file that could
 * not even be loaded counts as a failure.
 */
export function closingLine(results) {
  const sum = (field) => results.reduce((total, result) => total + result[field], 0);
  const skipped = sum('numPendingTests');
  const failed = sum('numFailedTests') + sum('numRuntimeErrorTestSuites');
  return `${sum('numPassedTests')} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
