import { expect } from 'bun:test'
import type { OlderBuilds } from './older-builds.ts'
import type { Person } from './people.ts'

type Asked = [path: string, method: 'GET' | 'POST' | 'PUT' | 'DELETE', data?: Record<string, unknown>]
/** Checks the answer of a path: each alias has the same value as the contract's field. */
export type Expected = [alias: string, field: string][]

const valueAt = (data: unknown, path: string): unknown =>
  // biome-ignore lint/suspicious/noExplicitAny: paths lead into answers of every route
  path.split('.').reduce((value: any, name) => value?.[name], data)

/** How older builds hear the answers of a path. */
export function listener(builds: OlderBuilds) {
  return async function hears(who: Person, [path, method, data = {}]: Asked, expected: Expected) {
    const answer = await builds.phone.request(path, { method, data, token: who.token })
    expect([path, answer.data.code]).toEqual([path, 0])
    for (const [alias, field] of expected) {
      const value = valueAt(answer.data.data, alias)
      expect(value, `${path} ${alias}`).toBeDefined()
      expect([alias, value]).toEqual([alias, valueAt(answer.data.data, field)])
    }
    return answer.data.data
  }
}

export const names = (prefix: string, pairs: Record<string, string>): Expected =>
  Object.entries(pairs).map(([alias, field]) => [`${prefix}${alias}`, `${prefix}${field}`])
export const page: Expected = [['total', 'pagination.total']]
