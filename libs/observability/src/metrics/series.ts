/** The values of one series' labels. */
export type Labels<Label extends string> = Readonly<Record<Label, string>>;

export type NoLabels = Readonly<Record<never, never>>;

/** What a metric is, as Prometheus shows it. */
export interface Described<Label extends string = never> {
  /** `stemma_<what>_<unit>`, `_total` at the end of a counter; units are seconds and bytes. */
  readonly name: string;
  readonly help: string;
  /** Few values each: an operation, a status, a projection; never a tenant, a person or an id. */
  readonly labels?: readonly Label[];
}

const NAME = /^[a-z][a-z0-9_]*$/;

/** More series than this of one metric are a fault of its labels: the rest is added up as one of `other`. */
const MOST_SERIES = 1_000;

/** Values by their labels, in the order in which they were first seen. */
export interface Series<Label extends string, Value> {
  readonly of: (labels: Labels<Label>) => Value;
  readonly entries: () => IterableIterator<readonly [labels: string, value: Value]>;
  readonly clear: () => void;
}

/** @throws Error for a name that Prometheus does not take */
export function openSeries<Label extends string, Value>(
  { name, labels = [] }: Described<Label>,
  initial: () => Value,
): Series<Label, Value> {
  if (![name, ...labels].every((word) => NAME.test(word))) throw new Error(`${name} is no name of a metric`);
  const values = new Map<string, Value>();
  const add = (key: string): Value => {
    const value = initial();
    values.set(key, value);
    return value;
  };
  if (labels.length === 0) add('');
  const others = keyOf(labels, () => 'other');
  return {
    of(given) {
      const key = keyOf(labels, (label) => given[label]);
      const found = values.get(key);
      if (found !== undefined) return found;
      return values.size < MOST_SERIES ? add(key) : (values.get(others) ?? add(others));
    },
    entries: () => values.entries(),
    clear: () => values.clear(),
  };
}

function keyOf<Label extends string>(labels: readonly Label[], valueOf: (label: Label) => string): string {
  let key = '';
  for (const label of labels) key += `${key === '' ? '' : ','}${label}="${escaped(valueOf(label))}"`;
  return key;
}

const UNSAFE = /[\\"\n]/;

const escaped = (value: string): string =>
  UNSAFE.test(value) ? value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n') : value;

/** `name{labels} value`, one line. */
export const sample = (name: string, labels: string, value: number): string =>
  `${name}${labels === '' ? '' : `{${labels}}`} ${value}\n`;

export const heading = ({ name, help }: Described<string>, type: string): string =>
  `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${type}\n`;
