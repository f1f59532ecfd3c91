/**
 * True when a name that was read on a receipt is one of these, or a part of it, or holds it: a branch may stand behind
 * it. One misread character in three is borne, two in six or more.
 */
export function isOneOf(names: readonly string[], read: string): boolean {
  const written = plain(read)
  return names
    .map(plain)
    .some((name) => holds(written, name) || (2 * written.length >= name.length && holds(name, written)))
}

/** Letters and digits alone, so that brackets, blanks and full width make no difference. */
function plain(name: string): string[] {
  return [
    ...name
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, ''),
  ]
}

function holds(text: readonly string[], name: readonly string[]): boolean {
  return name.length > 1 && fewestErrors(text, name) <= Math.min(2, Math.floor(name.length / 3))
}

/** The edit distance of `name` to the part of `text` that is most like it (Sellers 1980). */
function fewestErrors(text: readonly string[], name: readonly string[]): number {
  let column = [0, ...name.map((_, at) => at + 1)]
  let fewest = name.length
  for (const character of text) {
    const next = [0]
    name.forEach((wanted, at) => {
      const replaced = (column[at] ?? 0) + (wanted === character ? 0 : 1)
      next.push(Math.min((column[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1, replaced))
    })
    column = next
    fewest = Math.min(fewest, column[name.length] ?? fewest)
  }
  return fewest
}
