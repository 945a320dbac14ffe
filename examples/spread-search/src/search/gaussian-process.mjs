/** Regression by a Gaussian process: from the scores of some points, an estimate and its uncertainty at any other. */

/**
 * @typedef {object} Model
 * @property {(point: number[]) => { mean: number, deviation: number }} predict in the units of the scores it was fitted to
 */

const scales = [0.15, 0.25, 0.4, 0.7, 1.2]
const noises = [0.01, 0.1, 0.3]

/**
 * Fits the length scale and the noise that make the scores likeliest.
 * @param {number[][]} points of [0, 1]^d
 * @param {number[]} scores
 * @returns {Model}
 */
export function fit(points, scores) {
  const mean = scores.reduce((sum, value) => sum + value, 0) / scores.length
  const spread = Math.sqrt(scores.reduce((sum, value) => sum + (value - mean) ** 2, 0) / scores.length) || 1
  const targets = scores.map((value) => (value - mean) / spread)
  const fits = scales.flatMap((scale) => noises.map((noise) => tryFit(points, targets, scale, noise)))
  const best = fits.reduce((a, b) => (b.likelihood > a.likelihood ? b : a))
  return {
    predict(point) {
      const near = points.map((other) => kernel(point, other, best.scale))
      const solved = forward(best.factor, near)
      const estimate = near.reduce((sum, value, i) => sum + value * (best.weights[i] ?? 0), 0)
      const variance = 1 - solved.reduce((sum, value) => sum + value * value, 0)
      return { mean: mean + spread * estimate, deviation: spread * Math.sqrt(Math.max(variance, 1e-9)) }
    },
  }
}

/**
 * @param {number[][]} points
 * @param {number[]} targets
 * @param {number} scale
 * @param {number} noise
 */
function tryFit(points, targets, scale, noise) {
  const factor = cholesky(points.map((a, i) => points.map((b, j) => kernel(a, b, scale) + (i === j ? noise : 0))))
  const half = forward(factor, targets)
  const fitted = half.reduce((sum, value) => sum + value * value, 0)
  const size = factor.reduce((sum, row, i) => sum + Math.log(row[i] ?? 1), 0)
  return { scale, factor, weights: backward(factor, half), likelihood: -fitted / 2 - size }
}

/**
 * Matérn 5/2: smooth, but not as smooth as to rule out the ridges that a backtest has.
 * @param {number[]} a
 * @param {number[]} b
 * @param {number} scale
 */
function kernel(a, b, scale) {
  let squares = 0
  for (let i = 0; i < a.length; i++) squares += (a[i] - b[i]) ** 2
  const r = Math.sqrt(5 * squares) / scale
  return (1 + r + (r * r) / 3) * Math.exp(-r)
}

/**
 * The lower triangle L with L·Lᵀ = matrix.
 * @param {number[][]} matrix symmetric and positive definite (the noise on its diagonal makes it so)
 */
function cholesky(matrix) {
  /** @type {number[][]} */
  const factor = []
  for (let i = 0; i < matrix.length; i++) {
    const row = /** @type {number[]} */ ([])
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i][j]
      const other = j === i ? row : factor[j]
      for (let k = 0; k < j; k++) sum -= row[k] * other[k]
      row.push(j === i ? Math.sqrt(Math.max(sum, 1e-12)) : sum / other[j])
    }
    factor.push(row)
  }
  return factor
}

/**
 * Solves L·x = b.
 * @param {number[][]} factor
 * @param {number[]} b
 */
function forward(factor, b) {
  const x = /** @type {number[]} */ ([])
  for (let i = 0; i < factor.length; i++) {
    let sum = b[i]
    for (let k = 0; k < i; k++) sum -= factor[i][k] * x[k]
    x.push(sum / factor[i][i])
  }
  return x
}

/**
 * Solves Lᵀ·x = b.
 * @param {number[][]} factor
 * @param {number[]} b
 */
function backward(factor, b) {
  const x = Array.from(b, () => 0)
  for (let i = factor.length - 1; i >= 0; i--) {
    let sum = b[i]
    for (let k = i + 1; k < factor.length; k++) sum -= factor[k][i] * x[k]
    x[i] = sum / factor[i][i]
  }
  return x
}
