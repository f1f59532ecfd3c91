import type { Example } from '../../src/http/examples.ts'
import type { Answer, CallOptions, Client } from './client.ts'

export type Examples = Record<string, Example>

interface Told extends Pick<CallOptions, 'token' | 'body' | 'form' | 'headers'> {
  /** What stands in the path's braces. */
  path?: Record<string, string | number>
  query?: Record<string, string | number>
}

/** Records calls that succeed as examples, by their operation, such as `POST /api/lottery/draw`. */
export function createRecorder(client: Client) {
  const examples: Examples = {}
  const tell = async (operation: string, { path = {}, query = {}, ...options }: Told = {}): Promise<Answer['data']> => {
    const [method = '', template = ''] = operation.split(' ')
    const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => `${path[name]}`)
    const asked = new URLSearchParams()
    for (const [name, value] of Object.entries(query)) asked.set(name, `${value}`)
    const search = asked.size > 0 ? `?${asked}` : ''
    const send = client[method.toLowerCase() as keyof Client]
    const answer = await send(`${filled}${search}`, options)
    if (answer.code !== 0) throw new Error(`${operation}: ${answer.code} ${answer.msg} ${JSON.stringify(answer.data)}`)
    const { body, form } = options
    examples[operation] = {
      path: `${filled}${search}`,
      ...(body === undefined ? {} : { body: shortened(body) }),
      ...(form ? { form: fieldsOf(form) } : {}),
      answer: shortened({ code: answer.code, msg: answer.msg, data: answer.data }),
    }
    return answer.data
  }
  return { examples, tell }
}

function fieldsOf(form: FormData): Record<string, string> {
  const fields: Record<string, string> = {}
  form.forEach((value, name) => {
    fields[name] = typeof value === 'string' ? value : `@${value.name}`
  })
  return fields
}

const mostShown = 2
const longestText = 100

/** Examples are read by people: two of a list are enough, and the beginning of a token. */
function shortened(value: unknown): unknown {
  if (typeof value === 'string') return value.length > longestText ? `${value.slice(0, 32)}…` : value
  if (Array.isArray(value)) return value.slice(0, value.length === 8 ? 8 : mostShown).map(shortened)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shortened(one)]))
}

/** Where two examples differ in more than their values. What is null or empty in one of them, chance decided. */
export function differencesOf(one: unknown, other: unknown, path = ''): string[] {
  if (one === null || other === null) return []
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === 0 || other.length === 0 ? [] : differencesOf(one[0], other[0], `${path}[]`)
  if (typeof one !== 'object' || typeof other !== 'object')
    return typeof one === typeof other ? [] : [`${path}: ${typeof one} and ${typeof other}`]
  const [left, right] = [one, other] as Record<string, unknown>[]
  const names = new Set([...Object.keys(left ?? {}), ...Object.keys(right ?? {})])
  return [...names].flatMap((name) =>
    left && right && name in left && name in right
      ? differencesOf(left[name], right[name], `${path}.${name}`)
      : [`${path}.${name} is in one alone`],
  )
}
