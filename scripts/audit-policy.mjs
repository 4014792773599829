/**
 * The policy: a known fault of severity high or critical in what production installs fails the check. Moderate and low ones
 * are shown. What cannot be mended yet is allowed here by its advisory, with the reason, until a day; then it fails again.
 *
 * @typedef {{ id: string, reason: string, until: string }} Allowed
 * @type {readonly Allowed[]}
 */
export const allowed = [];

const FAILING = new Set(['high', 'critical']);

/**
 * What the answer of `npm audit --json` means.
 *
 * @param {{ vulnerabilities?: Record<string, { name: string, via: readonly (string | object)[] }> }} answer
 * @param {readonly Allowed[]} exceptions
 * @param {string} today `2026-11-21`
 * @returns {{ failing: string[], shown: string[] } | { skipped: string }}
 */
export function judgeAudit(answer, exceptions, today) {
  if (answer.vulnerabilities === undefined) {
    return { skipped: 'the registry gave no advisories: nothing was looked at' };
  }
  const failing = [];
  const shown = [];
  for (const advisory of advisoriesOf(answer.vulnerabilities)) {
    const exception = exceptions.find(({ id }) => id === advisory.id);
    const excused = exception !== undefined && exception.until >= today;
    const line = `${advisory.severity} ${advisory.id} in ${advisory.name}: ${advisory.title}`;
    if (!FAILING.has(advisory.severity)) shown.push(line);
    else if (excused) shown.push(`${line} (allowed until ${exception.until}: ${exception.reason})`);
    else failing.push(exception === undefined ? line : `${line} (was allowed until ${exception.until})`);
  }
  return { failing, shown };
}

function advisoriesOf(vulnerabilities) {
  const all = Object.values(vulnerabilities).flatMap(({ name, via }) =>
    via
      .filter((one) => typeof one === 'object')
      .map(({ url = '', source, title, severity }) => ({
        id: url.split('/').at(-1) || String(source),
        name,
        title,
        severity,
      })),
  );
  return [...new Map(all.map((advisory) => [`${advisory.id} ${advisory.name}`, advisory])).values()];
}
