const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const INSTANT = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})Z$/;

/**
 * Milliseconds since 1970 of an instant as events carry it (ISO 8601, milliseconds, UTC). No clock is asked: deciding
 * how long ago something was is arithmetic on two instants that were given. Throws for any other text.
 */
export function epochMs(instant: string): number {
  const parts = INSTANT.exec(instant)?.slice(1).map(Number);
  if (!parts) throw new TypeError(`${instant} is not an instant of an event`);
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0, ms = 0] = parts;
  return daysSince1970(year, month, day) * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND + ms;
}

/** Counted in years that begin in March, so that a leap day is the last one of its year. */
function daysSince1970(year: number, month: number, day: number): number {
  const beforeMarch = month <= 2;
  const marchYear = beforeMarch ? year - 1 : year;
  const marchMonth = beforeMarch ? month + 9 : month - 3;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  const dayOfYear = Math.floor((153 * marchMonth + 2) / 5) + day - 1;
  return marchYear * 365 + leapDays + dayOfYear - DAYS_BEFORE_1970;
}

const DAYS_BEFORE_1970 = 719_468;
