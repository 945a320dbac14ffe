/** Kubernetes quantities (`500m`, `1Gi`, `1e3`), read and added exactly. */

/** A quantity in units of 10^-9, and whether it was written with a binary suffix (Ki, Mi, …). */
export interface Quantity {
  nano: bigint
  binary: boolean
}

const pattern = /^([+-]?)(\d+\.?\d*|\.\d+)(?:(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE])|[eE]([+-]?\d{1,3}))?$/
const binarySuffixes = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']
const decimalExponents: Record<string, number> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }

/** The quantity, or undefined where the text is none. Fractions of a billionth are rounded up, as Kubernetes does. */
export function parseQuantity(text: string): Quantity | undefined {
  const match = text.length <= 64 ? pattern.exec(text) : null
  if (!match) return undefined
  const [, sign, number = '', suffix = '', exponent] = match
  const [whole = '', fraction = ''] = number.split('.')
  const digits = BigInt(whole + fraction || '0')
  const binary = binarySuffixes.indexOf(suffix)
  const power = 9 - fraction.length + (exponent ? Number(exponent) : (decimalExponents[suffix] ?? 0))
  const factor = 1024n ** BigInt(binary + 1)
  const nano = shifted(digits * factor, power)
  return { nano: sign === '-' ? -nano : nano, binary: binary !== -1 }
}

function shifted(digits: bigint, power: number): bigint {
  if (power >= 0) return digits * 10n ** BigInt(power)
  const divisor = 10n ** BigInt(-power)
  return (digits + divisor - 1n) / divisor
}

/** The sum, written with a binary suffix where one of the parts was. */
export function addQuantities(quantities: Quantity[]): Quantity {
  return {
    nano: quantities.reduce((sum, quantity) => sum + quantity.nano, 0n),
    binary: quantities.some((quantity) => quantity.binary),
  }
}

/** A quantity `times` over. */
export function multiplyQuantity({ nano, binary }: Quantity, times: number): Quantity {
  return { nano: nano * BigInt(times), binary }
}

/** The shortest exact form: `1500m`, `2`, `1536Mi`, `3Gi`. */
export function formatQuantity({ nano, binary }: Quantity): string {
  const one = 1_000_000_000n
  if (nano % one !== 0n) {
    for (const [suffix, unit] of [
      ['m', 1_000_000n],
      ['u', 1_000n],
      ['n', 1n],
    ] as const)
      if (nano % unit === 0n) return `${nano / unit}${suffix}`
  }
  let value = nano / one
  if (!binary || value === 0n) return String(value)
  let step = -1
  while (step < binarySuffixes.length - 1 && value % 1024n === 0n) {
    value /= 1024n
    step++
  }
  return `${value}${binarySuffixes[step] ?? ''}`
}

/** Totals per resource of lists of requests (or limits), in the order in which resources first appear. */
export function sumResources(lists: { resources: Record<string, string>; times: number }[]): Record<string, string> {
  const sums = new Map<string, Quantity[]>()
  for (const { resources, times } of lists) {
    for (const [name, text] of Object.entries(resources)) {
      const quantity = parseQuantity(String(text))
      if (quantity) sums.set(name, [...(sums.get(name) ?? []), multiplyQuantity(quantity, times)])
    }
  }
  return Object.fromEntries([...sums].map(([name, parts]) => [name, formatQuantity(addQuantities(parts))]))
}
