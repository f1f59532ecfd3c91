/** The text without the widths of an input method and without characters that nobody sees. */
export function plainText(text: string): string {
  return text.normalize('NFKC').replace(/\p{Cf}/gu, '')
}
