/** Whether an argument list asks for JSON: `--json`, `-o json`, `-ojson`, `-o=json`, `--output json`, `--output=json`. */
export function asksForJson(argv: string[]): boolean {
  const end = argv.indexOf('--')
  const own = end === -1 ? argv : argv.slice(0, end)
  return own.some((token, index) => {
    if (token === '--json' || token === '-ojson' || token === '-o=json' || token === '--output=json') return true
    return (token === '-o' || token === '--output') && own[index + 1] === 'json'
  })
}
