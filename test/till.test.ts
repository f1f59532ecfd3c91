import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { Refusal } from '../src/contract/refusals.ts'
import { type DatabaseProxy, startProxy } from './support/proxy.ts'
import {
  brokenJars,
  createToyDatabase,
  drop,
  make,
  move,
  openToyTill,
  resetToys,
  type ToyTill,
} from './support/toy-till.ts'

let url: string
const open: (ToyTill | DatabaseProxy)[] = []

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

const toys = (options: Parameters<typeof openToyTill>[1] = {}, at = url) => {
  const toy = openToyTill(at, options)
  open.push(toy)
  return toy
}
const outcomes = async (runs: Promise<unknown>[]) => (await Promise.allSettled(runs)).map(({ status }) => status)
const coinsIn = async ({ database }: ToyTill, jar: number) =>
  (await database.query<{ coins: number }>('SELECT coins FROM toy_jars WHERE jar_id = ?', [jar]))[0]?.coins
const notesNamed = async ({ database }: ToyTill, name: string) =>
  (await database.query('SELECT 1 FROM toy_notes WHERE name LIKE ?', [name])).length

describe('batches', () => {
  test('an operation that comes alone goes at once, in a batch of one', async () => {
    const { till, reports } = toys()
    const alone = till.run(drop, { jar: 1, coins: 5, name: 'alone' })
    expect(till.waiting()).toBe(0)
    await alone
    expect(reports.map(({ size }) => size)).toEqual([1])
  })

  test('what arrives while a batch commits is the next batch, bounded', async () => {
    const { till, reports } = toys({ lanes: 1, batchSize: 20 })
    await Promise.all(Array.from({ length: 50 }, (_, i) => till.run(drop, { jar: 1, coins: 1, name: `n${i}` })))
    expect(reports.map(({ size }) => size)).toEqual([1, 20, 20, 9])
  })

  test('operations of one owner are decided and announced in the order they came', async () => {
    const { till, heard } = toys()
    const names = Array.from({ length: 60 }, (_, i) => `order ${i}`)
    await Promise.all(names.map((name) => till.run(drop, { jar: 3, coins: 1, name })))
    expect(heard).toEqual(names)
  })

  test('lanes and tills that lock the same rows in opposite orders all come through', async () => {
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

describe('a refused operation', () => {
  test('changes nothing and its neighbours never notice', async () => {
    const toy = toys({ lanes: 1 })
    const runs = [40, -1000, 2, -1000, 3].map((coins, i) => toy.till.run(drop, { jar: 1, coins, name: `r${i}` }))
    expect(await outcomes(runs)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'])
    expect(await coinsIn(toy, 1)).toBe(145)
    expect(toy.heard).toEqual(['r0', 'r2', 'r4'])
  })

  test('alone commits nothing at all', async () => {
    const toy = toys()
    const refused = toy.till.run(drop, { jar: 1, coins: -101, name: 'too much' })
    expect(refused).rejects.toBeInstanceOf(Refusal)
    await outcomes([refused])
    expect(await toy.database.query('SELECT * FROM till_lanes')).toEqual([])
  })
})

describe('a poisoned operation', () => {
  test('that throws in its decision fails alone', async () => {
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

  test('that broke on what its neighbours had changed gets a batch of its own', async () => {
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

  test('that the database refuses fails alone: its batch is run again one by one', async () => {
    const toy = toys({ lanes: 1 })
    const names = ['ok 0', 'ok 1', 'x'.repeat(41), 'ok 3', 'ok 1']
    const runs = names.map((name) => toy.till.run(drop, { jar: 1, coins: 1, name }))
    expect(await outcomes(runs)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'rejected'])
    expect(await coinsIn(toy, 1)).toBe(103)
    expect(toy.heard).toEqual(['ok 0', 'ok 1', 'ok 3'])
  })

  test('makes none of its batch wait longer than the queue may: their turn has passed', async () => {
    const toy = toys({ lanes: 1, queueTimeoutMs: 300 })
    const slow = () => Bun.sleepSync(200)
    const runs = ['first', 'slow', 'x'.repeat(41), 'late'].map((name) =>
      toy.till.run(drop, { jar: 1, coins: 1, name, ...(name === 'slow' ? { meanwhile: slow } : {}) }),
    )
    const results = await Promise.allSettled(runs)
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected'])
    expect(results[3]).toMatchObject({ reason: { code: 9007 } })
    expect(toy.heard).toEqual(['first', 'slow'])
  })

  test('whose batch loses the database has the rest refused at once, not each after its own wait', async () => {
    const proxy = await startProxy(url)
    const toy = toys({ lanes: 1 }, proxy.url)
    let decisions = 0
    const loses = () => {
      decisions += 1
      if (decisions === 2) proxy.stop()
    }
    const names = ['first', 'x'.repeat(41), 'loses', 'third', 'fourth', 'fifth']
    let refused = 0
    const atOnce = Promise.withResolvers<number>()
    const runs = names.map((name) =>
      toy.till
        .run(drop, { jar: 1, coins: 1, name, ...(name === 'loses' ? { meanwhile: loses } : {}) })
        .catch(({ code }) => {
          if (code !== 9007) return
          refused += 1
          if (refused === 1) setTimeout(() => atOnce.resolve(refused), 0)
        }),
    )
    expect(await atOnce.promise).toBe(4)
    await Promise.all(runs)
    expect(await notesNamed(toys(), 'loses')).toBe(0)
  })
})

describe('fresh rows', () => {
  test('are kept with their dependants, or leave nothing behind', async () => {
    const { till, database } = toys({ lanes: 1 })
    const runs = [true, false, true, false].map((keep) => till.run(make, { coins: 7, keep }))
    const made = (await Promise.all(runs)).map(({ answer }) => answer.jar)
    expect(made.filter((jar) => jar > 10)).toHaveLength(2)
    expect(await database.query('SELECT * FROM toy_jars WHERE jar_id > 10')).toHaveLength(2)
  })

  test('of one batch are made together, each for its own, however far apart the database makes their ids', async () => {
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

  test('what another transaction changed while we waited is what we decide on', async () => {
    const toy = toys()
    const other = await toy.database.acquire()
    await other.query('START TRANSACTION')
    await other.query('UPDATE toy_jars SET coins = 3 WHERE jar_id = 2')
    const run = toy.till.run(drop, { jar: 2, coins: -50, name: 'late' })
    await Bun.sleep(200)
    await other.query("INSERT INTO toy_notes (jar_id, coins, name) VALUES (2, -97, 'other')")
    await other.query('COMMIT')
    other.release()
    expect(await outcomes([run])).toEqual(['rejected'])
  })
})

describe('the outcome of a lost COMMIT', () => {
  const throughProxy = async () => {
    const proxy = await startProxy(url)
    const toy = toys({ lanes: 1 }, proxy.url)
    open.push(proxy)
    await toy.till.run(drop, { jar: 1, coins: 1, name: 'warm' })
    return { proxy, toy }
  }

  test('that happened is answered as a success, once, and announced once', async () => {
    const { proxy, toy } = await throughProxy()
    proxy.strike('cut-after')
    const runs = Array.from({ length: 5 }, (_, i) => toy.till.run(drop, { jar: 1, coins: 1, name: `after ${i}` }))
    expect(await outcomes(runs)).toEqual(Array(5).fill('fulfilled'))
    expect(proxy.struck).toBe(1)
    expect(await coinsIn(toy, 1)).toBe(106)
    expect(toy.heard).toEqual(['warm', ...Array.from({ length: 5 }, (_, i) => `after ${i}`)])
  })

  test('that never arrived is run again, once', async () => {
    const { proxy, toy } = await throughProxy()
    proxy.strike('cut-before')
    await toy.till.run(drop, { jar: 1, coins: 1, name: 'before' })
    expect(proxy.struck).toBe(1)
    expect(await coinsIn(toy, 1)).toBe(102)
    expect(await notesNamed(toy, 'before')).toBe(1)
  })

  test('that hangs is settled by its locks before anyone is answered', async () => {
    const { proxy, toy } = await throughProxy()
    proxy.strike('hold')
    let answered = false
    const run = toy.till.run(drop, { jar: 1, coins: 1, name: 'held' }).then(() => {
      answered = true
    })
    await Bun.sleep(500)
    expect(answered).toBe(false)
    proxy.strike('pass')
    await run
    expect(await coinsIn(toy, 1)).toBe(102)
  })

  test('over and over under load loses nothing and doubles nothing', async () => {
    const { proxy, toy } = await throughProxy()
    const runs: Promise<unknown>[] = []
    let strikes = 0
    for (let i = 0; i < 60; i += 1) {
      // In turns, so that no batch meets more of the second kind than it is tried again.
      if (i % 6 === 0 && proxy.struck === strikes) {
        proxy.strike(strikes % 2 === 0 ? 'cut-after' : 'cut-before')
        strikes += 1
      }
      runs.push(toy.till.run(drop, { jar: (i % 10) + 1, coins: 1, name: `load ${i}` }))
      await Bun.sleep(5)
    }
    expect((await outcomes(runs)).filter((status) => status === 'rejected')).toEqual([])
    expect(proxy.struck).toBeGreaterThan(3)
    expect(await notesNamed(toy, 'load %')).toBe(60)
  })
})

describe('an idempotency key', () => {
  const key = (name: string, fingerprint = 'f1', owner = 'user:1') => ({ owner, key: name, fingerprint })

  test('20 parallel copies over two tills have one effect and one answer', async () => {
    const two = [toys(), toys()]
    const runs = Array.from({ length: 20 }, (_, i) =>
      (two[i % 2] as ToyTill).till.run(drop, { jar: 1, coins: 1, name: `copy ${i}` }, key('k')),
    )
    const answers = (await Promise.all(runs)).map(({ answer }) => answer.coins)
    expect(new Set(answers)).toEqual(new Set([101]))
    expect(await notesNamed(two[0] as ToyTill, 'copy %')).toBe(1)
    expect(two.flatMap(({ heard }) => heard)).toHaveLength(1)
  })

  test('answers across a restart with the first answer, and says that it did', async () => {
    const first = openToyTill(url)
    await first.till.run(drop, { jar: 1, coins: 1, name: 'first' }, key('k'))
    await first.close()
    const second = toys()
    const again = await second.till.run(drop, { jar: 1, coins: 1, name: 'second' }, key('k'))
    expect(again).toEqual({ answer: { coins: 101 }, replayed: true })
    expect(second.heard).toEqual([])
  })

  test('used for another request is refused with 9008', async () => {
    const { till } = toys()
    await till.run(drop, { jar: 1, coins: 1, name: 'one' }, key('k'))
    const other = till.run(drop, { jar: 1, coins: 2, name: 'two' }, key('k', 'f2'))
    expect(other).rejects.toMatchObject({ code: 9008 })
    await outcomes([other])
  })

  test('belongs to its owner', async () => {
    const { till } = toys()
    await till.run(drop, { jar: 1, coins: 1, name: 'mine' }, key('k'))
    const { replayed } = await till.run(drop, { jar: 1, coins: 1, name: 'yours' }, key('k', 'f1', 'user:2'))
    expect(replayed).toBe(false)
  })

  test('remembers no refusal', async () => {
    const { till } = toys()
    await outcomes([till.run(drop, { jar: 1, coins: -500, name: 'no' }, key('k'))])
    const { replayed } = await till.run(drop, { jar: 1, coins: 1, name: 'yes' }, key('k'))
    expect(replayed).toBe(false)
  })

  test('twice in one batch has one effect', async () => {
    const toy = toys({ lanes: 1 })
    const blocker = toy.till.run(drop, { jar: 2, coins: 1, name: 'blocker' })
    const runs = ['a', 'b'].map((name) => toy.till.run(drop, { jar: 1, coins: 1, name }, key('k')))
    await blocker
    expect((await Promise.all(runs)).map(({ replayed }) => replayed)).toEqual([false, true])
  })
})

describe('the queue', () => {
  test('refuses with 9007 what it can’t hold, and nothing else', async () => {
    const { till } = toys({ lanes: 1, queueLimit: 10 })
    const runs = Array.from({ length: 30 }, (_, i) => till.run(drop, { jar: 1, coins: 1, name: `q${i}` }))
    const results = await Promise.allSettled(runs)
    const refused = results.filter((result) => result.status === 'rejected')
    expect(refused.length).toBe(19)
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 9007 })
  })

  test('refuses with 9007 what waited too long, before it began', async () => {
    const toy = toys({ lanes: 1, queueTimeoutMs: 300 })
    const blocker = await toy.database.acquire()
    await blocker.query('START TRANSACTION')
    await blocker.query('SELECT * FROM toy_jars WHERE jar_id = 1 FOR UPDATE')
    const first = toy.till.run(drop, { jar: 1, coins: 1, name: 'first' })
    const second = toy.till.run(drop, { jar: 1, coins: 1, name: 'second' })
    expect(second).rejects.toMatchObject({ code: 9007 })
    await outcomes([second])
    await blocker.query('COMMIT')
    blocker.release()
    await first
    expect(await notesNamed(toy, 'second')).toBe(0)
  })

  test('is drained on close, and closed to what comes after', async () => {
    const { till } = toys()
    const runs = Array.from({ length: 40 }, (_, i) => till.run(drop, { jar: (i % 10) + 1, coins: 1, name: `d${i}` }))
    await till.close()
    expect((await outcomes(runs)).every((status) => status === 'fulfilled')).toBe(true)
    expect(till.run(drop, { jar: 1, coins: 1, name: 'after' })).rejects.toMatchObject({ code: 9007 })
  })

  test('without a database every operation is refused with 9007, and the till recovers', async () => {
    const proxy = await startProxy(url)
    const toy = toys({ lanes: 1 }, proxy.url)
    await toy.till.run(drop, { jar: 1, coins: 1, name: 'before' })
    proxy.stop()
    const away = toy.till.run(drop, { jar: 1, coins: 1, name: 'away' })
    expect(away).rejects.toMatchObject({ code: 9007 })
    await outcomes([away])
    open.push(await startProxy(url, Number(new URL(proxy.url).port)))
    await toy.till.run(drop, { jar: 1, coins: 1, name: 'back' })
    expect(await notesNamed(toy, 'away')).toBe(0)
    expect(await notesNamed(toy, 'back')).toBe(1)
  })
})
