import { x } from '@stemma/decider'; export const z: number = x + 1;
