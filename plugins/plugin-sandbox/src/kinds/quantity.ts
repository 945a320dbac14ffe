/** Kubernetes quantities: `500m`, `1Gi`, `2e3`. */

const binary: Record<string, number> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 }
const decimal: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
}
const pattern = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:(Ki|Mi|Gi|Ti|Pi|Ei)|([numkMGTPE]?)|[eE]([+-]?\d+))$/

/** The number that a quantity stands for, or undefined where it is not one. */
export function parseQuantity(text: string): number | undefined {
  const match = pattern.exec(text)
  if (!match) return undefined
  const [, number, power, suffix, exponent] = match
  if (power) return Number(number) * binary[power]!
  if (exponent) return Number(`${number}e${exponent}`)
  return Number(number) * decimal[suffix ?? '']!
}
