/** The text with full-width and half-width forms made normal (NFKC), and without invisible characters. */
export function plainText(text: string): string {
  return text.normalize('NFKC').replace(/\p{Cf}/gu, '')
}
