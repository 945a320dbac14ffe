/** Colours and layout of the HTML part. */

/** Badge colours, each pair with a contrast of at least 4.5 to 1; they stay the same in light and dark. */
export const tones = {
  bad: { back: '#b3261e', text: '#ffffff' },
  warn: { back: '#8a5300', text: '#ffffff' },
  info: { back: '#1f5fa8', text: '#ffffff' },
  good: { back: '#1b6e3c', text: '#ffffff' },
}

/** The page's own colours by scheme; a mail program that ignores the second set shows the first whole. */
export const schemes = {
  light: { page: '#ffffff', text: '#1b1b1f', faint: '#5c5c66', line: '#d0d0d7', block: '#f3f3f6' },
  dark: { page: '#17171a', text: '#e8e8ec', faint: '#a6a6b0', line: '#45454d', block: '#26262b' },
}

function colours({ page, text, faint, line, block }: (typeof schemes)['light']): string {
  return [
    `body,.page{background:${page};color:${text}}`,
    `th,.foot{color:${faint}}`,
    `td,th{border-color:${line}}`,
    `pre{background:${block};color:${text}}`,
  ].join('')
}

/** Goes into the page's head. Long words break rather than widen the page on a small screen. */
export const styleSheet = [
  ':root{color-scheme:light dark;supported-color-schemes:light dark}',
  'body{margin:0;padding:16px;font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif}',
  '.page{max-width:720px;margin:0 auto}',
  '.head{margin:0 0 12px;padding:0 0 0 12px;border-left:6px solid;font-size:17px}',
  '.badge{display:inline-block;padding:1px 8px;border-radius:4px;font-size:13px;font-weight:700}',
  'h2{font-size:15px;margin:20px 0 6px}',
  'p{margin:6px 0;overflow-wrap:anywhere}',
  'table{border-collapse:collapse;width:100%}',
  'td,th{text-align:left;vertical-align:top;padding:4px 8px;border-bottom:1px solid;font-size:14px;overflow-wrap:anywhere}',
  'th{font-weight:600;overflow-wrap:normal}',
  '.facts th{width:110px}',
  '.events td:first-child{min-width:150px}',
  '.detail{padding:2px 8px 12px}',
  'pre{margin:4px 0;padding:8px;border-radius:4px;font:13px/1.4 ui-monospace,Menlo,Consolas,monospace;white-space:pre-wrap;overflow-wrap:anywhere}',
  '.foot{margin-top:24px;font-size:12px}',
  colours(schemes.light),
  `@media (prefers-color-scheme:dark){${colours(schemes.dark)}}`,
].join('\n')
