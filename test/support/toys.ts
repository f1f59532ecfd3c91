import { afterEach, beforeAll, beforeEach, expect } from 'bun:test'
import type { DatabaseProxy } from './proxy.ts'
import { brokenJars, createToyDatabase, openToyTill, resetToys, type ToyTill } from './toy-till.ts'

/** The toy database of a test file. Each test begins with it reset; after each, every jar is checked and all is closed. */
export function useToys() {
  const open: (ToyTill | DatabaseProxy)[] = []
  let url = ''
  beforeAll(async () => {
    url = await createToyDatabase()
  })
  beforeEach(() => resetToys(url))
  afterEach(async () => {
    const { database, close } = openToyTill(url)
    expect(await brokenJars(database)).toEqual([])
    await close()
    for (const thing of open.splice(0)) await ('close' in thing ? thing.close() : thing.stop())
  })
  return {
    url: () => url,
    /** Closes it after the test. */
    keep(thing: ToyTill | DatabaseProxy) {
      open.push(thing)
    },
    toys(options: Parameters<typeof openToyTill>[1] = {}, at = url): ToyTill {
      const toy = openToyTill(at, options)
      open.push(toy)
      return toy
    },
  }
}

export const outcomes = async (runs: Promise<unknown>[]) => (await Promise.allSettled(runs)).map(({ status }) => status)

export const coinsIn = async ({ database }: ToyTill, jar: number) =>
  (await database.query<{ coins: number }>('SELECT coins FROM toy_jars WHERE jar_id = ?', [jar]))[0]?.coins

export const notesNamed = async ({ database }: ToyTill, name: string) =>
  (await database.query('SELECT 1 FROM toy_notes WHERE name LIKE ?', [name])).length
