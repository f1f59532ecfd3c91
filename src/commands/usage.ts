import { nearest } from '../lib/nearest.ts'

/** The command line is wrong. The message says how. */
export class UsageError extends Error {
  override name = 'UsageError'
}

const shortest = 3
const longest = 40

/** The lines of `help` that say how to call one command. */
export function usageOf(help: string, name: string): string {
  const lines: string[] = []
  let isOwn = false
  for (const line of help.split('\n')) {
    const [, begun] = /^ {2}([a-z-]+)/.exec(line) ?? []
    if (begun !== undefined || !line.startsWith(' ')) isOwn = begun === name
    if (isOwn) lines.push(line)
  }
  return lines.join('\n')
}

/** The words that a command takes as they stand, such as `list` and `--reason`. */
function wordsIn(usage: string): string[] {
  // What a call does stands behind two blanks or more.
  const calls = usage.split('\n').map((line) => line.trimEnd().replace(/(?<=\S) {2,}.*$|^ {3,}.*$/g, ''))
  const text = calls.join(' ').replace(/<[^>]*>/g, ' ')
  return [...new Set(text.match(/(?<![\w-])(?:--)?[a-z][a-z-]+/g))]
}

/** Which word was perhaps meant, where one of `args` is near to a word of the command. Empty when none is. */
export function suggestionFor(args: readonly string[], usage: string): string {
  const known = wordsIn(usage)
  const strange = args.filter((arg) => arg.length >= shortest && arg.length <= longest && !known.includes(arg))
  const meant = strange.map((arg) => nearest(arg, known)).find((word) => word !== undefined)
  return meant === undefined ? '' : ` Did you mean ${meant}?`
}

/** What is said of a command that is not there. */
export function unknownCommand(name: string, known: readonly string[]): string {
  const meant = name.length <= longest ? nearest(name, known) : undefined
  const next = meant === undefined ? '--help lists them all.' : `Did you mean ${meant}?`
  return `There is no command ${name.slice(0, longest)}. ${next}`
}
