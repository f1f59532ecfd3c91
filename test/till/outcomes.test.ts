import { describe, expect, test } from 'bun:test'
import type { OutcomeUnknown } from '../../src/till/ticket.ts'
import { type CommitFate, startProxy } from '../support/proxy.ts'
import { drop, openToyTill, type ToyTill } from '../support/toy-till.ts'
import { coinsIn, notesNamed, outcomes, useToys } from '../support/toys.ts'

const { toys, keep, url } = useToys()

describe('the outcome of a lost COMMIT', () => {
  const throughProxy = async () => {
    const proxy = await startProxy(url())
    const toy = toys({ lanes: 1 }, proxy.url)
    keep(proxy)
    await toy.till.run(drop, { jar: 1, coins: 1, name: 'warm' })
    return { proxy, toy }
  }

  test('a COMMIT that happened is answered as a success, and its effect and its announcement come once', async () => {
    const { proxy, toy } = await throughProxy()
    proxy.strike('cut-after')
    const runs = Array.from({ length: 5 }, (_, i) => toy.till.run(drop, { jar: 1, coins: 1, name: `after ${i}` }))
    expect(await outcomes(runs)).toEqual(Array(5).fill('fulfilled'))
    expect(proxy.struck).toBe(1)
    expect(await coinsIn(toy, 1)).toBe(106)
    expect(toy.heard).toEqual(['warm', ...Array.from({ length: 5 }, (_, i) => `after ${i}`)])
  })

  test('a COMMIT that never arrived is run again, and takes effect once', async () => {
    const { proxy, toy } = await throughProxy()
    proxy.strike('cut-before')
    await toy.till.run(drop, { jar: 1, coins: 1, name: 'before' })
    expect(proxy.struck).toBe(1)
    expect(await coinsIn(toy, 1)).toBe(102)
    expect(await notesNamed(toy, 'before')).toBe(1)
  })

  test('nobody is answered while a COMMIT hangs and holds its locks', async () => {
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

  test.each([1180, 3100, 1047, 1290, 2013])(
    'a COMMIT that failed with %d but happened is answered as a success',
    async (fails) => {
      const { proxy, toy } = await throughProxy()
      proxy.strike({ fails, happens: true })
      const runs = ['a', 'b', 'c'].map((name) => toy.till.run(drop, { jar: 1, coins: 1, name }))
      expect(await outcomes(runs)).toEqual(Array(3).fill('fulfilled'))
      expect(proxy.struck).toBe(1)
      expect(await coinsIn(toy, 1)).toBe(104)
      expect(toy.heard).toEqual(['warm', 'a', 'b', 'c'])
    },
  )

  test.each([1180, 3100, 1213, 3101])(
    'a COMMIT that failed with %d and did not happen is run again, and takes effect once',
    async (fails) => {
      const { proxy, toy } = await throughProxy()
      proxy.strike({ fails, happens: false })
      await toy.till.run(drop, { jar: 1, coins: 1, name: 'again' })
      expect(proxy.struck).toBe(1)
      expect(await notesNamed(toy, 'again')).toBe(1)
    },
  )

  test('a batch that waits in the server while its connection is lost takes effect once, as its caller is told', async () => {
    const { proxy, toy } = await throughProxy()
    const blocker = await toys().database.acquire()
    await blocker.query('START TRANSACTION')
    await blocker.query("INSERT INTO toy_notes (jar_id, coins, name) VALUES (9, 0, 'stuck')")
    const run = toy.till.run(drop, { jar: 1, coins: 1, name: 'stuck', meanwhile: () => setTimeout(cut, 300) })
    const cut = () => proxy.redirect(url())
    await Bun.sleep(1_000)
    await blocker.query('ROLLBACK')
    blocker.destroy()
    await run
    expect(await coinsIn(toy, 1)).toBe(102)
    expect(await notesNamed(toy, 'stuck')).toBe(1)
  })

  test('lost COMMITs under load lose nothing and double nothing', async () => {
    const { proxy, toy } = await throughProxy()
    const runs: Promise<unknown>[] = []
    let strikes = 0
    for (let i = 0; i < 60 || proxy.struck < 4; i += 1) {
      // The kinds alternate, so that no batch meets more lost COMMITs than it has retries.
      if (i % 6 === 0 && proxy.struck === strikes) {
        proxy.strike(strikes % 2 === 0 ? 'cut-after' : 'cut-before')
        strikes += 1
      }
      runs.push(toy.till.run(drop, { jar: (i % 10) + 1, coins: 1, name: `load ${i}` }))
      await Bun.sleep(5)
    }
    expect((await outcomes(runs)).filter((status) => status === 'rejected')).toEqual([])
    expect(await notesNamed(toy, 'load %')).toBe(runs.length)
  })
})

describe('the outcome of a lost COMMIT while no database answers', () => {
  const lostWith = async (fate: CommitFate) => {
    const proxy = await startProxy(url())
    const toy = toys({ lanes: 1, settleTimeout_ms: 300 }, proxy.url)
    await toy.till.run(drop, { jar: 1, coins: 1, name: 'warm' })
    proxy.strike(fate)
    const run = toy.till.run(drop, { jar: 1, coins: 1, name: 'lost' }, { owner: 'user:1', key: 'k', fingerprint: 'f' })
    const refusal = await run.then(
      () => undefined,
      (error: unknown) => error as OutcomeUnknown,
    )
    expect(refusal).toMatchObject({ code: 9009 })
    expect(toy.till.settling_ms()).toBeGreaterThan(250)
    const comeBack = async () => keep(await startProxy(url(), Number(new URL(proxy.url).port)))
    return { toy, outcome: (refusal as OutcomeUnknown).outcome, comeBack }
  }

  test('an outcome is told as not known, and as what it was once the database is back', async () => {
    const { toy, outcome, comeBack } = await lostWith('gone-after')
    await comeBack()
    expect(await outcome).toEqual({ answer: { coins: 102 }, replayed: false })
    expect(toy.heard).toEqual(['warm', 'lost'])
    expect(toy.till.settling_ms()).toBe(0)
    const key = { owner: 'user:1', key: 'k', fingerprint: 'f' }
    const again = await toy.till.run(drop, { jar: 1, coins: 1, name: 'lost' }, key)
    expect(again).toEqual({ answer: { coins: 102 }, replayed: true })
    expect(await coinsIn(toy, 1)).toBe(102)
  })

  test('a caller who was told that the outcome is not known has nothing run again', async () => {
    const { toy, outcome, comeBack } = await lostWith('gone-before')
    await comeBack()
    expect(await outcome.catch((error) => error.code)).toBe(9007)
    expect(await coinsIn(toy, 1)).toBe(101)
    expect(await notesNamed(toy, 'lost')).toBe(0)
    await toy.till.run(drop, { jar: 1, coins: 1, name: 'later' })
    expect(toy.heard).toEqual(['warm', 'later'])
  })

  test('a till that closes gives up an open outcome, which stays not known', async () => {
    const { toy, outcome } = await lostWith('gone-after')
    await toy.till.close()
    expect(await outcome.catch((error) => error.code)).toBe(9009)
  })
})

describe('an idempotency key', () => {
  const key = (name: string, fingerprint = 'f1', owner = 'user:1') => ({ owner, key: name, fingerprint })

  test('20 parallel copies of one key over two tills have one effect and one answer', async () => {
    const two = [toys(), toys()]
    const runs = Array.from({ length: 20 }, (_, i) =>
      (two[i % 2] as ToyTill).till.run(drop, { jar: 1, coins: 1, name: `copy ${i}` }, key('k')),
    )
    const answers = (await Promise.all(runs)).map(({ answer }) => answer.coins)
    expect(new Set(answers)).toEqual(new Set([101]))
    expect(await notesNamed(two[0] as ToyTill, 'copy %')).toBe(1)
    expect(two.flatMap(({ heard }) => heard)).toHaveLength(1)
  })

  test('a key gets its first answer again after a restart, marked as a replay', async () => {
    const first = openToyTill(url())
    await first.till.run(drop, { jar: 1, coins: 1, name: 'first' }, key('k'))
    await first.close()
    const second = toys()
    const again = await second.till.run(drop, { jar: 1, coins: 1, name: 'second' }, key('k'))
    expect(again).toEqual({ answer: { coins: 101 }, replayed: true })
    expect(second.heard).toEqual([])
  })

  test('a key that is used for another request is refused with 9008', async () => {
    const { till } = toys()
    await till.run(drop, { jar: 1, coins: 1, name: 'one' }, key('k'))
    const other = till.run(drop, { jar: 1, coins: 2, name: 'two' }, key('k', 'f2'))
    await expect(other).rejects.toMatchObject({ code: 9008 })
    await outcomes([other])
  })

  test('two owners can use the same key', async () => {
    const { till } = toys()
    await till.run(drop, { jar: 1, coins: 1, name: 'mine' }, key('k'))
    const { replayed } = await till.run(drop, { jar: 1, coins: 1, name: 'yours' }, key('k', 'f1', 'user:2'))
    expect(replayed).toBe(false)
  })

  test('a key remembers no refusal', async () => {
    const { till } = toys()
    await outcomes([till.run(drop, { jar: 1, coins: -500, name: 'no' }, key('k'))])
    const { replayed } = await till.run(drop, { jar: 1, coins: 1, name: 'yes' }, key('k'))
    expect(replayed).toBe(false)
  })

  test('a key that comes twice in one batch has one effect', async () => {
    const toy = toys({ lanes: 1 })
    const blocker = toy.till.run(drop, { jar: 2, coins: 1, name: 'blocker' })
    const runs = ['a', 'b'].map((name) => toy.till.run(drop, { jar: 1, coins: 1, name }, key('k')))
    await blocker
    expect((await Promise.all(runs)).map(({ replayed }) => replayed)).toEqual([false, true])
  })
})

describe('the queue', () => {
  test('a full queue refuses with 9007 what it can’t hold, and nothing else', async () => {
    const { till } = toys({ lanes: 1, queueLimit: 10 })
    const runs = Array.from({ length: 30 }, (_, i) => till.run(drop, { jar: 1, coins: 1, name: `q${i}` }))
    const results = await Promise.allSettled(runs)
    const refused = results.filter((result) => result.status === 'rejected')
    expect(refused.length).toBe(19)
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 9007 })
  })

  test('an operation that waited too long is refused with 9007 before it begins', async () => {
    const toy = toys({ lanes: 1, queueTimeout_ms: 300 })
    const blocker = await toy.database.acquire()
    await blocker.query('START TRANSACTION')
    await blocker.query('SELECT * FROM toy_jars WHERE jar_id = 1 FOR UPDATE')
    const first = toy.till.run(drop, { jar: 1, coins: 1, name: 'first' })
    const second = toy.till.run(drop, { jar: 1, coins: 1, name: 'second' })
    await expect(second).rejects.toMatchObject({ code: 9007 })
    await outcomes([second])
    await blocker.query('COMMIT')
    blocker.release()
    await first
    expect(await notesNamed(toy, 'second')).toBe(0)
  })

  test('a till that closes answers what waits and refuses what comes later', async () => {
    const { till } = toys()
    const runs = Array.from({ length: 40 }, (_, i) => till.run(drop, { jar: (i % 10) + 1, coins: 1, name: `d${i}` }))
    await till.close()
    expect((await outcomes(runs)).every((status) => status === 'fulfilled')).toBe(true)
    await expect(till.run(drop, { jar: 1, coins: 1, name: 'after' })).rejects.toMatchObject({ code: 9007 })
  })

  test('without a database every operation is refused with 9007, and afterwards the till works again', async () => {
    const proxy = await startProxy(url())
    const toy = toys({ lanes: 1 }, proxy.url)
    await toy.till.run(drop, { jar: 1, coins: 1, name: 'before' })
    proxy.stop()
    const away = toy.till.run(drop, { jar: 1, coins: 1, name: 'away' })
    await expect(away).rejects.toMatchObject({ code: 9007 })
    await outcomes([away])
    keep(await startProxy(url(), Number(new URL(proxy.url).port)))
    await toy.till.run(drop, { jar: 1, coins: 1, name: 'back' })
    expect(await notesNamed(toy, 'away')).toBe(0)
    expect(await notesNamed(toy, 'back')).toBe(1)
  })
})
