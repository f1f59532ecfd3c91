/** What the browser keeps for this origin. Where it keeps nothing (a private window, say), this page remembers. */
const memory = new Map<string, string>()

export function recall<Value>(name: string): Value | null {
  const text = read(name)
  if (text === null) return null
  try {
    return JSON.parse(text) as Value
  } catch {
    return null
  }
}

export function keep(name: string, value: unknown): void {
  const text = JSON.stringify(value)
  memory.set(name, text)
  try {
    localStorage.setItem(name, text)
  } catch {}
}

export function forget(name: string): void {
  memory.delete(name)
  try {
    localStorage.removeItem(name)
  } catch {}
}

function read(name: string): string | null {
  try {
    return localStorage.getItem(name)
  } catch {
    return memory.get(name) ?? null
  }
}
