/** Colours for a stream: plain functions that leave text alone where the reader does not want colour. */

export interface Palette {
  enabled: boolean
  bold: Paint
  dim: Paint
  red: Paint
  green: Paint
  yellow: Paint
  blue: Paint
  magenta: Paint
  cyan: Paint
}

export type Paint = (text: string) => string

/** What decides about colour: the stream and the environment, given by the caller. */
export interface ColourContext {
  isTTY: boolean
  env: Record<string, string | undefined>
}

/** Whether colour is wanted: NO_COLOR forbids it, FORCE_COLOR asks for it, else a terminal that is not `dumb` decides. */
export function colourWanted({ isTTY, env }: ColourContext): boolean {
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false'
  return isTTY && env.TERM !== 'dumb'
}

/** A palette whose functions wrap text in SGR codes, or return it untouched when `enabled` is false. */
export function palette(enabled: boolean): Palette {
  const paint =
    (open: number, close: number): Paint =>
    (text) =>
      enabled && text !== '' ? `\u001b[${open}m${text}\u001b[${close}m` : text
  return {
    enabled,
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
    green: paint(32, 39),
    yellow: paint(33, 39),
    blue: paint(34, 39),
    magenta: paint(35, 39),
    cyan: paint(36, 39),
  }
}
