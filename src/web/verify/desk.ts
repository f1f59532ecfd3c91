import { computed, signal } from '@preact/signals'
import type { Document } from '../../verifier/documents.ts'
import { isSignedBy } from '../../verifier/log.ts'
import { verify } from '../../verifier/verify.ts'
import { documentsOf, mostDocuments, textOf, Unreadable } from './read.ts'
import { texts } from './texts.ts'

/** What lies on the desk to be checked, in the order in which it came. */
export const documents = signal<readonly Document[]>([])
/** Why the last that was given can't be checked. */
export const trouble = signal('')

/** A signature of nobody. Every step of its check is taken. */
const anyone = { name: '', id: '', publicKey: Uint8Array.of(0x58, ...Array<number>(31).fill(0x66)) }
const anything = Uint8Array.of(...anyone.publicKey, ...Array<number>(32).fill(1))

/** The first signature takes ten times as long as others: its tables are made, its code is compiled. */
export function warmUp(): void {
  for (let round = 0; round < 3; round += 1) isSignedBy(anyone, anything, anything)
}

/** What the verifier says of it, and how long that took; null while there is nothing to check. */
export const result = computed(() => {
  const given = documents.value
  if (given.length === 0 || (given.length === 1 && typeof given[0] === 'string')) return null
  const start_ms = performance.now()
  const report = verify(given)
  return { report, took_ms: performance.now() - start_ms }
})

/** Puts what a text holds on the desk. */
export function addText(text: string): boolean {
  return guarded(() => {
    const found = documentsOf(text)
    const known = new Set(documents.value.map((document) => JSON.stringify(document)))
    const added = [...documents.value, ...found.filter((one) => !known.has(JSON.stringify(one)))]
    if (added.length > mostDocuments) throw new Unreadable(texts.unreadable.tooMany(mostDocuments))
    documents.value = added
  })
}

export async function addFiles(files: Iterable<File>): Promise<void> {
  for (const file of [...files].slice(0, mostDocuments + 1)) {
    let text = ''
    try {
      text = await textOf(file)
    } catch (error) {
      trouble.value = `${file.name}：${sentenceOf(error)}`
      return
    }
    if (!addText(text)) {
      trouble.value = `${file.name}：${trouble.value}`
      return
    }
  }
}

export function remove(document: Document): void {
  trouble.value = ''
  documents.value = documents.value.filter((one) => one !== document)
}

export function clear(): void {
  trouble.value = ''
  documents.value = []
}

function guarded(task: () => void): boolean {
  trouble.value = ''
  try {
    task()
    return true
  } catch (error) {
    trouble.value = sentenceOf(error)
    return false
  }
}

const sentenceOf = (error: unknown) => (error instanceof Unreadable ? error.message : texts.unreadable.unknown)

/** A file may be dropped anywhere on the page, and pasted anywhere but in a field. */
export function followDrops(): void {
  window.ondragover = (event) => event.preventDefault()
  window.ondrop = (event) => {
    event.preventDefault()
    void take(event.dataTransfer)
  }
  document.onpaste = (event) => {
    if (event.target instanceof HTMLTextAreaElement) return
    event.preventDefault()
    void take(event.clipboardData)
  }
}

async function take(given: DataTransfer | null): Promise<void> {
  if (!given) return
  if (given.files.length > 0) await addFiles(given.files)
  else addText(given.getData('text'))
}
