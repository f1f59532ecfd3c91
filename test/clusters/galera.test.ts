import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { openDatabase } from '../../src/db/client.ts'
import { isDatabaseFault } from '../../src/db/errors.ts'
import { migrate } from '../../src/db/migrate.ts'
import { migrations } from '../../src/db/migrations.ts'
import type { OutcomeUnknown } from '../../src/till/ticket.ts'
import { createWriteProbe } from '../../src/till/write-probe.ts'
import { type GaleraCluster, startGalera, whyNoGalera } from '../support/galera.ts'
import { startProxy } from '../support/proxy.ts'
import { until } from '../support/sockets.ts'
import { brokenJars, createToyTables, drop, openToyTill, resetToys } from '../support/toy-till.ts'

const why = await whyNoGalera()
if (why) process.stdout.write(`skipped, no cluster: ${why}\n`)

describe.skipIf(why !== undefined)('on three servers of a Galera cluster', () => {
  let cluster: GaleraCluster
  const urls = () => cluster.urls('toys')
  const at = (server: number) => urls()[server] as string

  beforeAll(async () => {
    cluster = await startGalera()
    await cluster.admins[0]?.query('CREATE DATABASE toys CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci')
    await createToyTables(at(0))
  }, 180_000)
  afterAll(() => cluster?.stop())
  beforeEach(() => resetToys(at(0)))

  const proveJars = async () => {
    const { database, close } = openToyTill(at(1))
    const notes = await database.query<{ name: string }>('SELECT name FROM toy_notes')
    expect(await brokenJars(database)).toEqual([])
    await close()
    return new Set(notes.map(({ name }) => name))
  }
  const whole = () =>
    until(async () => {
      const sizes = await Promise.all(
        cluster.admins.map((admin) =>
          admin.query<{ Value: string }>(
            `SHOW GLOBAL STATUS WHERE Variable_name IN ('wsrep_ready', 'wsrep_cluster_size')`,
          ),
        ),
      )
      return sizes.every(
        (rows) =>
          rows
            .map(({ Value }) => Value)
            .sort()
            .join() === '3,ON',
      )
    }, 60_000)

  test('a server that has not applied a COMMIT yet still settles its lost answer correctly', async () => {
    const proxy = await startProxy(at(0))
    const toy = openToyTill(proxy.url, { lanes: 1 })
    await toy.till.run(drop, { jar: 1, coins: 1, name: 'warm' })
    const [busy] = cluster.admins
    await busy?.query('CREATE TABLE IF NOT EXISTS toys.ballast (id INT AUTO_INCREMENT PRIMARY KEY, text VARCHAR(200))')
    // The second server takes a while to apply this. What is committed after it waits in its queue.
    await busy
      ?.query(`INSERT INTO toys.ballast (text) SELECT REPEAT('x', 200) FROM toys.seq_1_to_60000`)
      .catch(() => busy.query(`INSERT INTO toys.ballast (text) SELECT REPEAT('x', 200) FROM seq_1_to_60000`))
    proxy.strike('cut-after')
    const run = toy.till.run(drop, { jar: 1, coins: 1, name: 'lost' })
    await until(() => proxy.struck === 1)
    proxy.redirect(at(1))
    expect((await run).answer).toEqual({ coins: 102 })
    expect(toy.heard).toEqual(['warm', 'lost'])
    await toy.close()
    proxy.stop()
    expect(await proveJars()).toEqual(new Set(['warm', 'lost']))
  }, 60_000)

  test('a server that is cut off under load never makes the till report a wrong outcome', async () => {
    const proxy = await startProxy(at(0))
    const toy = openToyTill(proxy.url, { lanes: 2 })
    const told = new Map<string, number>()
    const late: Promise<unknown>[] = []
    let running = true
    const worker = async (index: number) => {
      for (let i = 0; running; i += 1) {
        const name = `${index}-${i}`
        const run = toy.till.run(drop, { jar: (i % 10) + 1, coins: 1, name })
        const code = await run.then(
          () => 0,
          (error: OutcomeUnknown) => {
            if (error.code === 9009)
              late.push(
                error.outcome.then(
                  () => told.set(name, 0),
                  () => told.set(name, 9007),
                ),
              )
            return error.code ?? 3000
          },
        )
        told.set(name, code)
        await Bun.sleep(5)
      }
    }
    const workers = Array.from({ length: 16 }, (_, index) => worker(index))
    await Bun.sleep(500)
    await cluster.isolate(0)
    await Bun.sleep(4_000)
    proxy.redirect(at(1))
    await Bun.sleep(4_000)
    await cluster.isolate(0, false)
    await Bun.sleep(500)
    running = false
    await Promise.all(workers)
    await Promise.all(late)
    await whole()
    const notes = await proveJars()
    const wrong = [...told].filter(([name, code]) => notes.has(name) !== (code === 0))
    expect(wrong).toEqual([])
    expect([...told.values()].filter((code) => code === 0).length).toBeGreaterThan(20)
    expect([...new Set(told.values())].filter((code) => code !== 0 && code !== 9007)).toEqual([])
    await toy.close()
    proxy.stop()
  }, 120_000)

  test('a server outside the primary component counts as away, although it answers reads', async () => {
    const database = openDatabase({ address: { uri: at(2) }, poolSize: 2 })
    const probe = createWriteProbe(database)
    const works = () =>
      probe(2_000).then(
        () => true,
        () => false,
      )
    await until(works)
    await cluster.isolate(2)
    try {
      let error: unknown
      await until(async () => {
        error = await probe(2_000).catch((reason: unknown) => reason)
        return error !== undefined
      }, 15_000)
      expect(isDatabaseFault(error)).toBe(true)
    } finally {
      await cluster.isolate(2, false)
    }
    await until(works, 40_000)
    await whole()
    await database.close()
  }, 150_000)

  test('migrations that start on two servers at once both succeed on an empty database', async () => {
    await cluster.admins[0]?.query('CREATE DATABASE fresh CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci')
    const isThere = async () => ((await cluster.admins[1]?.query("SHOW DATABASES LIKE 'fresh'")) ?? []).length > 0
    await until(isThere)
    const [one = '', two = ''] = cluster.urls('fresh')
    const databases = [one, two].map((uri) => openDatabase({ address: { uri }, poolSize: 2 }))
    await Promise.all(databases.map((database) => migrate(database)))
    const done = await databases[1]?.query<{ name: string }>(
      'SELECT name FROM migrations WHERE finished_at IS NOT NULL',
    )
    expect(done?.map(({ name }) => name).sort()).toEqual(migrations.map(({ name }) => name).sort())
    for (const database of databases) await database.close()
  }, 120_000)
})
