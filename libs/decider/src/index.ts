export { fold } from './decider.js';
export type { Decider, DomainEvent, Fact } from './decider.js';
export { Rejection, isRejection } from './rejection.js';
export { specify } from './specify.js';
