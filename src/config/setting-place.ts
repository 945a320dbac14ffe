/** Where a mapping of a settings file stands, for those who meet it later and have something to say about it. */
import { readTextFile } from '../base/files.js'
import { isRecord } from '../base/json.js'

/** A settings file and the keys that lead to a mapping in it. */
export interface SettingPlace {
  file: string
  path: (string | number)[]
}

const places = new WeakMap<object, SettingPlace>()

/** Remembers the place of a mapping and of the mappings in it. */
export function rememberPlace(value: unknown, place: SettingPlace): void {
  if (!isRecord(value)) return
  places.set(value, place)
  for (const [key, inner] of Object.entries(value)) rememberPlace(inner, { ...place, path: [...place.path, key] })
}

/** The place of a mapping that was read from a settings file; undefined for one that was made elsewhere. */
export function placeOfSetting(value: object): SettingPlace | undefined {
  return places.get(value)
}

/** The line, from 1, of a value; undefined where it is not found (any more). */
export async function settingLine({ file, path }: SettingPlace): Promise<number | undefined> {
  const { parseDocument, LineCounter } = await import('yaml')
  const lines = new LineCounter()
  const text = await readTextFile(file).catch(() => '')
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' })
  const node = document.getIn(path, true) as { range?: [number, number, number] | null } | undefined
  return node?.range ? lines.linePos(node.range[0]).line : undefined
}
