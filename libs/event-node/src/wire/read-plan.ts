import streams, { type ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { CallRefusal, invalidArgument } from './grpc-errors.js';
import { MalformedMessage } from './read-fields.js';

/** A Read call, in our own words. */
export interface ReadPlan {
  readonly source: { readonly kind: 'stream'; readonly stream: string } | { readonly kind: 'all' };
  readonly from: 'start' | 'end' | number;
  readonly backwards: boolean;
  /** Infinity for subscriptions. */
  readonly count: number;
  readonly subscription: boolean;
  readonly resolveLinks: boolean;
  readonly structuredIds: boolean;
  readonly filter: EventFilter | undefined;
}

export interface EventFilter {
  readonly on: 'stream' | 'type';
  readonly matches: (value: string) => boolean;
  /** A checkpoint is due after this many considered events. */
  readonly checkpointEvery: number;
}

type Options = ReadReq.Options;
type FilterOptions = ReadReq.Options.FilterOptions;

export function readPlan(request: ReadReq): ReadPlan {
  const options = request.getOptions();
  if (options === undefined) throw new MalformedMessage();
  const subscription = options.hasSubscription();
  return {
    ...sourceOf(options),
    backwards:
      !subscription && options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS,
    count: subscription ? Infinity : Number(options.getCount()),
    subscription,
    resolveLinks: options.getResolveLinks(),
    structuredIds: options.getUuidOption()?.hasStructured() ?? false,
    filter: options.hasFilter() ? filterOf(options.getFilter()) : undefined,
  };
}

function sourceOf(options: Options): Pick<ReadPlan, 'source' | 'from'> {
  const all = options.getAll();
  if (all !== undefined) {
    const position = all.getPosition()?.getCommitPosition();
    return { source: { kind: 'all' }, from: startOf(all.hasEnd(), position) };
  }
  const stream = options.getStream();
  if (stream === undefined) throw new MalformedMessage();
  const name = Buffer.from(stream.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString('utf8');
  if (name === '') throw new CallRefusal(invalidArgument('A stream name must not be empty.'));
  return {
    source: { kind: 'stream', stream: name },
    from: startOf(stream.hasEnd(), stream.hasRevision() ? stream.getRevision() : undefined),
  };
}

const startOf = (end: boolean, place: string | undefined): ReadPlan['from'] =>
  end ? 'end' : place === undefined ? 'start' : Number(place);

const DEFAULT_WINDOW = 32;

function filterOf(options: FilterOptions | undefined): EventFilter | undefined {
  if (options === undefined) return undefined;
  const window = options.hasMax() ? options.getMax() : DEFAULT_WINDOW;
  const onType = options.getEventType();
  const expression = onType ?? options.getStreamIdentifier();
  return {
    on: onType === undefined ? 'stream' : 'type',
    matches: matcher(expression?.getPrefixList() ?? [], expression?.getRegex() ?? ''),
    checkpointEvery: Math.max(1, window * Math.max(1, options.getCheckpointintervalmultiplier())),
  };
}

function matcher(prefixes: readonly string[], regex: string): (value: string) => boolean {
  if (prefixes.length > 0) return (value) => prefixes.some((prefix) => value.startsWith(prefix));
  const expression = compile(regex);
  return (value) => expression.test(value);
}

function compile(regex: string): RegExp {
  try {
    return new RegExp(regex);
  } catch (error) {
    const reason = error instanceof Error ? error.message : regex;
    throw new CallRefusal(invalidArgument(`The filter is not a regular expression: ${reason}`));
  }
}
