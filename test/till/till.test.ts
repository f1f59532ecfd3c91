import { describe, expect, test } from 'bun:test'
import { Refusal } from '../../src/contract/refusals.ts'
import { laneOf } from '../../src/till/till.ts'
import { waitingForLocks } from '../support/locks.ts'
import { startProxy } from '../support/proxy.ts'
import { drop, make, move } from '../support/toy-till.ts'
import { coinsIn, notesNamed, outcomes, useToys } from '../support/toys.ts'

const { toys, url } = useToys()

describe('batches', () => {
  test('an operation that comes alone runs at once, in a batch of one', async () => {
    const { till, reports } = toys()
    const alone = till.run(drop, { jar: 1, coins: 5, name: 'alone' })
    expect(till.waiting()).toBe(0)
    await alone
    expect(reports.map(({ size }) => size)).toEqual([1])
  })

  test('operations that arrive while a batch commits form the next batches, none larger than the limit', async () => {
    const { till, reports } = toys({ lanes: 1, batchSize: 20 })
    await Promise.all(Array.from({ length: 50 }, (_, i) => till.run(drop, { jar: 1, coins: 1, name: `n${i}` })))
    expect(reports.map(({ size }) => size)).toEqual([1, 20, 20, 9])
  })

  test('operations with the same lane key are decided and announced in the order they came', async () => {
    const { till, heard } = toys()
    const names = Array.from({ length: 60 }, (_, i) => `order ${i}`)
    await Promise.all(names.map((name) => till.run(drop, { jar: 3, coins: 1, name })))
    expect(heard).toEqual(names)
  })

  test('operations that name the same rows in opposite orders all succeed, across lanes and tills', async () => {
    const [left, right] = [toys(), toys()]
    const runs = Array.from({ length: 300 }, (_, i) => {
      const from = (i % 10) + 1
      const to = ((i * 7 + 3) % 10) + 1
      return (i % 2 ? left : right).till.run(move, {
        from,
        to: to === from ? (to % 10) + 1 : to,
        coins: 1,
        name: `m${i}`,
      })
    })
    expect((await outcomes(runs)).filter((status) => status === 'rejected')).toEqual([])
  })
})

describe('lanes', () => {
  test.each([1, 2, 3, 4, 5, 7, 8])('lanes share keys evenly when their ids step by %d', (step) => {
    for (const lanes of [2, 3, 4, 8]) {
      const counts = Array<number>(lanes).fill(0)
      for (let i = 0; i < 4_000; i += 1)
        counts[laneOf(1 + i * step, lanes)] = (counts[laneOf(1 + i * step, lanes)] ?? 0) + 1
      for (const count of counts) expect(Math.abs(count / (4_000 / lanes) - 1)).toBeLessThan(0.15)
    }
  })
})

describe('a refused operation', () => {
  test('a refused operation changes nothing, and the others of its batch succeed', async () => {
    const toy = toys({ lanes: 1 })
    const runs = [40, -1000, 2, -1000, 3].map((coins, i) => toy.till.run(drop, { jar: 1, coins, name: `r${i}` }))
    expect(await outcomes(runs)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'])
    expect(await coinsIn(toy, 1)).toBe(145)
    expect(toy.heard).toEqual(['r0', 'r2', 'r4'])
  })

  test('a refused operation that is alone commits nothing', async () => {
    const toy = toys()
    const refused = toy.till.run(drop, { jar: 1, coins: -101, name: 'too much' })
    await expect(refused).rejects.toBeInstanceOf(Refusal)
    await outcomes([refused])
    expect(await toy.database.query('SELECT * FROM till_lanes')).toEqual([])
  })
})

describe('an operation that breaks', () => {
  test('an operation that throws in its decision fails alone', async () => {
    const toy = toys({ lanes: 1 })
    const bug = () => {
      throw new TypeError('a bug')
    }
    const runs = [undefined, bug, undefined].map((meanwhile, i) =>
      toy.till.run(drop, { jar: 1, coins: 1, name: `p${i}`, ...(meanwhile ? { meanwhile } : {}) }),
    )
    expect(await outcomes(runs)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await coinsIn(toy, 1)).toBe(102)
  })

  test('an operation that broke because of others’ changes runs again in a batch of its own', async () => {
    const toy = toys({ lanes: 1 })
    const meanwhile = () => {
      if (toy.reports.length < 2) throw new TypeError('not among others')
    }
    const runs = ['first', 'touchy', 'last'].map((name) =>
      toy.till.run(drop, { jar: 1, coins: 1, name, ...(name === 'touchy' ? { meanwhile } : {}) }),
    )
    expect(await outcomes(runs)).toEqual(['fulfilled', 'fulfilled', 'fulfilled'])
    expect(toy.reports.map(({ size }) => size)).toEqual([1, 2, 1])
    expect(toy.heard).toEqual(['first', 'last', 'touchy'])
  })

  test('an operation that the database refuses fails alone, because its batch runs again one by one', async () => {
    const toy = toys({ lanes: 1 })
    const names = ['ok 0', 'ok 1', 'x'.repeat(41), 'ok 3', 'ok 1']
    const runs = names.map((name) => toy.till.run(drop, { jar: 1, coins: 1, name }))
    expect(await outcomes(runs)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'rejected'])
    expect(await coinsIn(toy, 1)).toBe(103)
    expect(toy.heard).toEqual(['ok 0', 'ok 1', 'ok 3'])
  })

  test('an operation that breaks makes no other of its batch wait longer than the queue may', async () => {
    const toy = toys({ lanes: 1, queueTimeout_ms: 300 })
    const slow = () => Bun.sleepSync(200)
    const runs = ['first', 'slow', 'x'.repeat(41), 'late'].map((name) =>
      toy.till.run(drop, { jar: 1, coins: 1, name, ...(name === 'slow' ? { meanwhile: slow } : {}) }),
    )
    const results = await Promise.allSettled(runs)
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected'])
    expect(results[3]).toMatchObject({ reason: { code: 9007 } })
    expect(toy.heard).toEqual(['first', 'slow'])
  })

  test('a batch that loses the database at a COMMIT has the rest of its operations refused at once', async () => {
    const proxy = await startProxy(url())
    const toy = toys({ lanes: 1, settleTimeout_ms: 300 }, proxy.url)
    let decisions = 0
    const loses = () => {
      decisions += 1
      if (decisions === 2) proxy.stop()
    }
    const names = ['first', 'x'.repeat(41), 'loses', 'third', 'fourth', 'fifth']
    const codes: Record<string, number> = {}
    const known = Promise.withResolvers<void>()
    for (const name of names) {
      const run = toy.till.run(drop, { jar: 1, coins: 1, name, ...(name === 'loses' ? { meanwhile: loses } : {}) })
      run.catch(({ code }) => {
        codes[name] = code
        if (name === 'loses') setTimeout(known.resolve, 0)
      })
    }
    await known.promise
    expect(codes).toMatchObject({ loses: 9009, third: 9007, fourth: 9007, fifth: 9007 })
    expect(await notesNamed(toys(), 'loses')).toBe(0)
  })
})

describe('fresh rows', () => {
  test('a fresh row is saved with its dependent rows, or leaves nothing behind', async () => {
    const { till, database } = toys({ lanes: 1 })
    const runs = [true, false, true, false].map((keep) => till.run(make, { coins: 7, keep }))
    const made = (await Promise.all(runs)).map(({ answer }) => answer.jar)
    expect(made.filter((jar) => jar > 10)).toHaveLength(2)
    expect(await database.query('SELECT * FROM toy_jars WHERE jar_id > 10')).toHaveLength(2)
  })

  test('fresh rows of one batch each go to their own operation, whatever the step of their ids is', async () => {
    const { till, database, reports } = toys({ lanes: 1 })
    const connection = await database.acquire()
    await connection.query('SET SESSION auto_increment_increment = 3')
    connection.release()
    const before = await till.run(make, { coins: 1, keep: true })
    const runs = [2, 3, 4, 5].map((coins) => till.run(make, { coins, keep: coins !== 4 }))
    const made = (await Promise.all(runs)).map(({ answer }) => answer.jar)
    expect(reports.map(({ size }) => size)).toEqual([1, 4])
    const jars = await database.query<{ jar_id: number; coins: number }>('SELECT * FROM toy_jars WHERE jar_id > 10')
    expect(jars.map(({ jar_id, coins }) => [jar_id, coins])).toEqual([
      [before.answer.jar, 1],
      [made[0], 2],
      [made[1], 3],
      [made[3], 5],
    ] as [number, number][])
    expect((made[3] ?? 0) - (made[1] ?? 0)).toBe(6)
  })
})

describe('locks', () => {
  test('a lock wait timeout runs the whole batch again', async () => {
    const toy = toys()
    const blocker = await toy.database.acquire()
    await blocker.query('START TRANSACTION')
    await blocker.query('SELECT * FROM toy_jars WHERE jar_id = 1 FOR UPDATE')
    const run = toy.till.run(drop, { jar: 1, coins: 1, name: 'patient' })
    await Bun.sleep(2_500)
    await blocker.query('COMMIT')
    blocker.release()
    await run
    expect(toy.reports[0]?.retries).toBeGreaterThanOrEqual(1)
    expect(await coinsIn(toy, 1)).toBe(101)
  })

  test('an operation decides on what another transaction changed while it waited for the lock', async () => {
    const toy = toys()
    const other = await toy.database.acquire()
    await other.query('START TRANSACTION')
    await other.query('UPDATE toy_jars SET coins = 3 WHERE jar_id = 2')
    const run = toy.till.run(drop, { jar: 2, coins: -50, name: 'late' })
    await waitingForLocks(toy.database)
    await other.query("INSERT INTO toy_notes (jar_id, coins, name) VALUES (2, -97, 'other')")
    await other.query('COMMIT')
    other.release()
    expect(await outcomes([run])).toEqual(['rejected'])
  })
})
