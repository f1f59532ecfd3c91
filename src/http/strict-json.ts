const deepest = 32

/**
 * Checks what `JSON.parse` does not: no object has a key twice (RFC 8259, section 4), and nothing nests deeper than 32.
 * Other syntax errors are left to the parser.
 * @throws {SyntaxError}
 */
export function assertStrictJson(text: string): void {
  const open: (Set<string> | null)[] = []
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (character === '{' || character === '[') {
      if (open.push(character === '{' ? new Set() : null) > deepest) throw new SyntaxError('nested too deep')
    } else if (character === '}' || character === ']') {
      open.pop()
    } else if (character === '"') {
      const end = endOfString(text, at)
      const keys = open.at(-1)
      if (keys && isKey(text, end)) addKey(keys, text.slice(at, end + 1))
      at = end
    }
  }
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') return at
  }
  throw new SyntaxError('a string has no end')
}

function isKey(text: string, end: number): boolean {
  for (let at = end + 1; at < text.length; at += 1) {
    if (!/\s/.test(text[at] ?? '')) return text[at] === ':'
  }
  return false
}

function addKey(keys: Set<string>, literal: string): void {
  const key = JSON.parse(literal) as string
  if (keys.has(key)) throw new SyntaxError('a key is named twice')
  keys.add(key)
}
