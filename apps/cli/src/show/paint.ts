import { styleText } from 'node:util';

type Colour = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Colours as functions; each gives its text back unchanged when colours are off. */
export type Paint = Readonly<Record<Colour, (text: string) => string>>;

const colours: readonly Colour[] = ['bold', 'dim', 'red', 'green', 'yellow', 'cyan'];

export function createPaint(on: boolean): Paint {
  const brush = (colour: Colour) => (text: string) =>
    on && text !== '' ? styleText(colour, text, { validateStream: false }) : text;
  return Object.fromEntries(colours.map((colour) => [colour, brush(colour)])) as Record<
    Colour,
    (text: string) => string
  >;
}

/** Colours when a person looks at a terminal and did not ask for none (https://no-color.org). */
export function wantsColour(
  flag: boolean | undefined,
  env: NodeJS.ProcessEnv,
  stream: { readonly isTTY?: boolean | undefined },
): boolean {
  if (flag === false || (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb') return false;
  return stream.isTTY === true;
}

/** Draft, in review, active, archived: the same colour wherever a state is shown. */
export function paintState(state: string, paint: Paint): string {
  const brushes: Readonly<Record<string, (text: string) => string>> = {
    draft: paint.yellow,
    in_review: paint.cyan,
    active: paint.green,
    published: paint.green,
    archived: paint.dim,
    pending: paint.yellow,
    running: paint.cyan,
    completed: paint.green,
    failed: paint.red,
    timeout: paint.red,
    cancelled: paint.dim,
  };
  return (Object.hasOwn(brushes, state) ? (brushes[state] ?? String) : String)(state.replaceAll('_', ' '));
}
