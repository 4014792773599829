type Present<T> = { readonly [Key in keyof T]?: Exclude<T[Key], undefined> };

/** The members that are not undefined: what the command line did not say is not sent. */
export const leaveOutAbsent = <T extends object>(given: T): Present<T> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Present<T>;
