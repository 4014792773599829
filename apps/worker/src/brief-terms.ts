import type { TermsOf } from '@stemma/commands';

const KEPT_MS = 250;
const KEPT_TENANTS = 1_000;

/**
 * One question to the log serves all that ask for the same tenant within a moment: a run asks three times on its way. A
 * suspension acts that much later.
 */
export function briefly(termsOf: TermsOf, clock: () => number = () => performance.now()): TermsOf {
  const asked = new Map<string, { readonly at: number; readonly terms: ReturnType<TermsOf> }>();
  return (tenantId) => {
    const known = asked.get(tenantId);
    if (known !== undefined && clock() - known.at < KEPT_MS) return known.terms;
    if (asked.size >= KEPT_TENANTS) asked.clear();
    const terms = termsOf(tenantId);
    asked.set(tenantId, { at: clock(), terms });
    terms.catch(() => asked.delete(tenantId));
    return terms;
  };
}
