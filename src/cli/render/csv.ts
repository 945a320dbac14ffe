/** Values as CSV that no spreadsheet takes for a formula. */

/** Rows as RFC 4180 lines, every text quoted. */
export function renderCsv(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((row) => row.map(cell).join(',')).join('\n')
}

function cell(value: string | number): string {
  if (typeof value === 'number') return String(value)
  // A leading quote is what spreadsheets themselves use for "this is text".
  const harmless = /^[\s]*[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return `"${harmless.replaceAll('"', '""')}"`
}
