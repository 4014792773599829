import { type Decider, fold, isRejection } from '@stemma/decider';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Meta } from '../shared/metadata.js';
import { type RunCommand, runDecider } from './run.decider.js';
import type { RunEvent } from './run.events.js';
import {
  cancel,
  complete,
  failed,
  lost,
  request,
  requestWithRetries,
  type RunFact,
  type RunStep,
  start,
  workerMeta,
} from './run.fixtures.js';
import type { RunState } from './run.state.js';

type RunDecider = Decider<RunState, RunCommand, RunEvent, Meta>;
type Claim = (facts: readonly RunFact[]) => void;

const attempt = fc.integer({ min: 0, max: 4 });

const step: fc.Arbitrary<RunStep> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(request) },
  { weight: 1, arbitrary: fc.constant(cancel) },
  {
    weight: 5,
    arbitrary: fc.tuple(attempt, fc.constantFrom('worker-1', 'worker-2')).map(([n, who]) => start(n, who)),
  },
  { weight: 2, arbitrary: attempt.map((n) => complete(n)) },
  { weight: 1, arbitrary: attempt.map((n) => complete(n, lost)) },
  { weight: 2, arbitrary: attempt.map((n) => complete(n, failed)) },
);

const attempts = fc.array(step, { minLength: 5, maxLength: 40 });

function tryStep(decider: RunDecider, state: RunState, what: RunStep): readonly RunEvent[] {
  try {
    return decider.decide(state, what(workerMeta));
  } catch (error) {
    if (isRejection(error)) return [];
    throw error;
  }
}

function live(steps: readonly RunStep[], decider: RunDecider): RunFact[] {
  const facts: RunFact[] = [];
  let state = decider.initial;
  for (const what of [requestWithRetries(1), ...steps]) {
    const news = tryStep(decider, state, what).map((event) => ({ event, meta: workerMeta }));
    facts.push(...news);
    state = fold(decider, news, state);
  }
  return facts;
}

const types = (facts: readonly RunFact[]) => facts.map(({ event }) => event.type);

const failsOncePerAttempt: Claim = (facts) => {
  const failures = facts.flatMap(({ event }) =>
    event.type === 'RunAttemptFailed' ? [event.data.attempt] : [],
  );
  expect(new Set(failures).size).toBe(failures.length);
  expect(failures.length).toBeLessThanOrEqual(1);
};

/** R-E5 */
const oneEnd: Claim = (facts) => {
  const seen = types(facts);
  const end = seen.indexOf('RunCompleted');
  expect(seen.filter((type) => type === 'RunCompleted').length).toBeLessThanOrEqual(1);
  if (end >= 0) expect(end).toBe(seen.length - 1);
};

const eachAttemptOnce: Claim = (facts) => {
  const started = facts.flatMap(({ event }) => (event.type === 'RunStarted' ? [event.data.attempt] : []));
  expect(started).toEqual(started.map((_, index) => index + 1));
};

const onlyTheCurrentReports: Claim = (facts) => {
  let current = 0;
  for (const { event } of facts) {
    if (event.type === 'RunStarted') current = event.data.attempt;
    if (event.type === 'RunCompleted') expect(event.data.attempt).toBe(current);
  }
};

const cancelWins: Claim = (facts) => {
  const cancelled = types(facts).includes('RunCancelRequested');
  const end = facts.find(({ event }) => event.type === 'RunCompleted')?.event;
  if (cancelled && end?.type === 'RunCompleted') expect(end.data.status).toBe('cancelled');
};

const deciding = (view: (state: RunState, command: RunCommand) => RunState): RunDecider => ({
  ...runDecider,
  decide: (state, command) => runDecider.decide(view(state, command), command),
});

const reopened = deciding((state) => (state.status === 'finished' ? { ...state, status: 'running' } : state));
const fenceless = deciding((state, { type, data }) =>
  state.status !== 'none' && type === 'StartRun' ? { ...state, attempt: data.attempt - 1 } : state,
);
const trusting = deciding((state, { type, data }) =>
  state.status !== 'none' && type === 'CompleteRun' ? { ...state, attempt: data.attempt } : state,
);
const forgetful = deciding((state) =>
  state.status === 'none' ? state : { ...state, cancelRequested: false },
);

const patient = deciding((state) => (state.status === 'none' ? state : { ...state, failures: 0 }));

const claims: readonly (readonly [says: string, claim: Claim, faulty: RunDecider])[] = [
  ['it ends at most once, and nothing comes after its end', oneEnd, reopened],
  ['each attempt is started once, in order', eachAttemptOnce, fenceless],
  ['only the current attempt reports', onlyTheCurrentReports, trusting],
  ['it is tried again once for each failure, and no more often than allowed', failsOncePerAttempt, patient],
  ['once a cancel was asked for it ends cancelled', cancelWins, forgetful],
];

const check = (claim: Claim, decider: RunDecider) =>
  fc.check(
    fc.property(attempts, (steps) => claim(live(steps, decider))),
    { numRuns: 500, seed: 20_261_121 },
  );

describe('whatever workers, queues and people do to a run', () => {
  it.each(claims)('%s', (_says, claim) => {
    const { failed, counterexample } = check(claim, runDecider);
    expect({ failed, counterexample }).toEqual({ failed: false, counterexample: null });
  });

  it.each(claims)('a decider that breaks "%s" is caught', (_says, claim, faulty) => {
    expect(check(claim, faulty).failed).toBe(true);
  });
});
