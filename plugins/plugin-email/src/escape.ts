/** Text from a cluster inside HTML: shown as it is, never obeyed. */

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/**
 * Text for an HTML element or a quoted attribute. Mail programs turn what looks like an address into a link by
 * themselves, so such text is broken by `<wbr>`, which nobody sees and which is not copied along.
 */
export function escapeHtml(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => entities[character]!)
    .replace(/:\/\/|@|\.(?=[\p{L}\p{N}])/gu, (mark) => (mark === '://' ? ':<wbr>//' : `<wbr>${mark}`))
}
