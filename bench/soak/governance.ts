import { randomInt } from 'node:crypto';
import { startParts } from '../parts.js';
import { judgeRound } from './governance/judge-round.js';
import { playRound } from './governance/play-round.js';
import { openSender } from './governance/send.js';
import type { Found, Soak } from './soak.js';

const TURNS = 6;
/** How often the API is killed: once in so many turns. */
const KILLED_ONCE_IN = 3;

/** The long form of `governance.e2e.spec.ts`: every round a script of its own, killed in turns that nobody chose. */
export const governance: Soak = {
  about: 'fifty clients on one script, the API killed under them; the history is judged afterwards',
  rounds: 20,
  async run({ rounds, say }) {
    const parts = await startParts(undefined);
    const found = { commands: 0, acknowledged: 0, events: 0, crashes: 0, faults: [] as string[] };
    try {
      const send = await openSender(parts);
      for (let round = 1; round <= rounds; round += 1) {
        const slug = `storm-${round}`;
        const kills = () => randomInt(KILLED_ONCE_IN) === 0;
        const { history, told, crashes } = await playRound(parts, send, { slug, turns: TURNS, kills });
        found.commands += told.length;
        found.acknowledged += told.filter(({ changed }) => changed).length;
        found.events += history.length;
        found.crashes += crashes;
        found.faults.push(...judgeRound(history, told).map((fault) => `${slug}: ${fault}`));
        say(`round ${round} of ${rounds}: ${found.events} events, ${found.faults.length} faults`);
      }
      return { rounds, ...found } satisfies Found;
    } finally {
      await parts.stop();
    }
  },
};
