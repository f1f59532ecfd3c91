import { beforeEach, describe, expect, test } from 'bun:test'
import { newId, randomCode } from '../../../src/lib/random.ts'
import { draw } from '../../../src/lottery/draw.ts'
import { closeWheel } from '../../../src/merchant/wheel/close-wheel.ts'
import { findMismatches } from '../../../src/reconcile/checks.ts'
import { repair } from '../../../src/reconcile/repair.ts'
import { systemActor } from '../../../src/staff/actor.ts'
import { parallelCopies } from '../../support/copies.ts'
import { waitingForLocks } from '../../support/locks.ts'
import { actorOf, givePoints, type Person, signIn, signInMerchant } from '../../support/people.ts'
import { bringForward, defaultPrize, makeCertain } from '../../support/prizes.ts'
import { codeOf, withReplica } from '../../support/replica.ts'
import { useService } from '../../support/service.ts'

const service = useService()
let manager: Person
let diner: Person

beforeEach(async () => {
  manager = await signInMerchant(service)
  diner = await signIn(service)
  await givePoints(service, diner, 100_000)
})

const post = (path: string, body: unknown = {}, idempotencyKey?: string) =>
  service.client.post(`/api/merchant${path}`, {
    token: manager.token,
    body,
    ...(idempotencyKey ? { idempotencyKey } : {}),
  })
const spin = (draw_type = 'single', { token } = diner) =>
  service.client.post('/api/lottery/draw', { token, body: { draw_type } })
const config = () => service.client.get('/api/lottery/config', { token: diner.token })
const audited = async (action: string) =>
  (await service.client.get(`/api/merchant/audit?action=${action}`, { token: manager.token })).data.records
const stock = (change: unknown, prizeId: number | string = defaultPrize.dish, key?: string) =>
  post(`/prizes/${prizeId}/stock`, { change, reason: '盘点' }, key)
const unlimited = () => post(`/prizes/${defaultPrize.dish}/stock`, { unlimited: true })
const left = async (prizeId: number = defaultPrize.dish) =>
  (
    await service.database.query<{ n: number | null }>(
      `SELECT stock_remaining AS n FROM lottery_prizes WHERE prize_id = ${prizeId}`,
    )
  )[0]?.n
const settings = { dailyLimit: 0, pityLimit: 10, voucherTtl_days: 30, staffDraws: true }
const oneDraw = ({ userId }: Person) => ({
  ...{ userId, drawType: 'single' as const, drawId: newId('DR'), rolls: [5_000], codes: [randomCode(10)] },
  ...{ day: '2026-11-22', settings },
})

describe('closing the wheel', () => {
  test('a closed wheel is closed for everyone at once, until it is opened, and the audit log says why', async () => {
    expect((await post('/wheel/close', { reason: '奖品有误' })).data).toMatchObject({ closed: true })
    expect([(await spin()).code, (await config()).code]).toEqual([3001, 3001])
    await withReplica(service, async ({ till }) => expect(await codeOf(till.run(draw, oneDraw(diner)))).toBe(3001))
    const { data } = await service.client.get('/api/merchant/prizes', { token: manager.token })
    expect(data.closed_at).not.toBeNull()
    const again = await post('/wheel/close')
    expect(again.data).toEqual({ closed: true, closed_at: data.closed_at })
    expect((await post('/wheel/open')).data).toEqual({ closed: false, closed_at: null })
    expect([(await spin()).code, (await config()).code]).toEqual([0, 0])
    expect(await audited('wheel.close')).toMatchObject([
      { before: { closed: false }, after: { closed: true }, details: { reason: '奖品有误' } },
    ])
    expect(await audited('wheel.open')).toHaveLength(1)
  })

  test('a wheel that was closed or opened by hand is found', async () => {
    const setClosed = (at: string) => service.database.query(`UPDATE lottery_wheel SET closed_at = ${at}`)
    const found = async () => (await findMismatches(service.database)).map(({ check }) => check)
    const named = 'the wheel is open or closed as the audit log said last'
    await setClosed('UTC_TIMESTAMP(3)')
    expect(await found()).toEqual([named])
    await setClosed('NULL')
    await post('/wheel/close')
    expect(await found()).toEqual([])
    await setClosed('NULL')
    expect(await found()).toEqual([named])
    await setClosed(`(SELECT MAX(created_at) FROM audit_log WHERE action = 'wheel.close')`)
    await post('/wheel/open')
  })

  test('no draw on any replica takes effect after the answer to the close', async () => {
    const people = await Promise.all(Array.from({ length: 6 }, () => signIn(service)))
    await withReplica(service, async ({ till }) => {
      let isClosed = false
      const late: number[] = []
      const drawing = people.map(async (person, index) => {
        const each = index % 2 === 0 ? till : service.services.till
        for (let turns = 0; turns < 10; turns += 1) {
          const wasClosed = isClosed
          const code = await codeOf(each.run(draw, oneDraw(person)))
          if (wasClosed && code === 0) late.push(index)
        }
      })
      await Bun.sleep(20)
      await post('/wheel/close')
      isClosed = true
      await Promise.all(drawing)
      expect(late).toEqual([])
    })
  })

  test('a close waits for a draw that has begun, and is answered after it', async () => {
    await stock(5)
    const blocker = await service.database.acquire()
    await blocker.query('START TRANSACTION')
    await blocker.query('SELECT 1 FROM lottery_prizes WHERE prize_id = 5 FOR UPDATE')
    const ended: string[] = []
    const drawn = codeOf(service.services.till.run(draw, oneDraw(diner))).then((code) => ended.push(`draw ${code}`))
    await waitingForLocks(service.database)
    const closed = withReplica(service, ({ till }) =>
      till.run(closeWheel, { closed: true, reason: '', actor: actorOf(manager) }),
    ).then(() => ended.push('close'))
    await waitingForLocks(service.database, 2)
    const before = [...ended]
    await blocker.query('COMMIT')
    blocker.release()
    await Promise.all([drawn, closed])
    expect(before).toEqual([])
    expect(ended).toEqual(['draw 0', 'close'])
    expect((await spin()).code).toBe(3001)
  })

  test('a change that comes due while the wheel is closed leaves it closed', async () => {
    await spin()
    const { data: wheel } = await service.client.get('/api/merchant/prizes', { token: manager.token })
    await service.client.put('/api/merchant/prizes', { token: manager.token, body: wheel.current })
    await post('/wheel/close')
    await bringForward(service)
    expect((await spin()).code).toBe(3001)
    expect((await service.client.get('/api/merchant/prizes', { token: manager.token })).data).toMatchObject({
      version: 2,
      next: null,
    })
    await post('/wheel/open')
    expect((await spin()).code).toBe(0)
  })

  test('one key closes once, also after it was opened again', async () => {
    const told = await parallelCopies(() => post('/wheel/close', {}, 'c'))
    await post('/wheel/open')
    expect((await post('/wheel/close', {}, 'c')).data).toEqual(told)
    expect((await spin()).code).toBe(0)
    expect(await audited('wheel.close')).toHaveLength(1)
  })

  test('bad words are refused', async () => {
    for (const reason of ['长'.repeat(201), 5, '\u0000'])
      expect((await post('/wheel/close', { reason })).code).toBe(9000)
    expect((await spin()).code).toBe(0)
  })
})

describe('the stock of a prize', () => {
  test('pieces make an unlimited prize a limited one, are taken again, and end when it is unlimited', async () => {
    expect((await stock(5)).data).toEqual({ prize_id: defaultPrize.dish, stock_remaining: 5 })
    expect((await stock(-2)).data.stock_remaining).toBe(3)
    expect(await stock(-4)).toMatchObject({ code: 4004, data: { available_stock: 3 } })
    expect((await config()).data.prizes[4]).toMatchObject({ stock_remaining: 3, sold_out: false })
    expect((await unlimited()).data.stock_remaining).toBeNull()
    expect(await audited('prize.stock')).toMatchObject([
      { before: { stock_remaining: 3 }, after: { stock_remaining: null } },
      { before: { stock_remaining: 5 }, after: { stock_remaining: 3 } },
      { before: { stock_remaining: null }, after: { stock_remaining: 5 }, details: { change: 5, reason: '盘点' } },
    ])
    expect((await service.client.get('/api/merchant/prizes', { token: manager.token })).data.version).toBe(1)
    const moved = await service.database.query('SELECT quantity_change FROM prize_movements ORDER BY movement_id')
    expect(moved.map((row) => Object.values(row as object)[0])).toEqual([5, -2, -3])
  })

  test('bad input is refused clearly and moves nothing', async () => {
    for (const change of [0, 1.5, '1', 1e9, -1e9, Number.NaN, [], undefined])
      expect((await stock(change)).code).toBe(9000)
    for (const body of [{ change: 1, unlimited: true }, { unlimited: false }, {}])
      expect((await post('/prizes/5/stock', body)).code).toBe(9000)
    for (const id of ['0', 'x', '999', '2147483648', '-1']) expect((await stock(1, id)).code, id).toBe(6010)
    expect((await stock(1, 3)).code).toBe(6010)
    expect((await stock(1, defaultPrize.nothing)).code).toBe(6010)
    expect(await stock(-1)).toMatchObject({ code: 4004, data: { available_stock: 0 } })
    expect((await stock(999_999_999)).code).toBe(0)
    expect((await stock(1)).code).toBe(9000)
    expect(await service.database.query('SELECT 1 FROM prize_movements')).toHaveLength(1)
  })

  test('movements and draws at the same time, on two replicas, lose no piece', async () => {
    await makeCertain(service, defaultPrize.dish)
    await stock(30)
    const people = await Promise.all(Array.from({ length: 30 }, () => signIn(service)))
    const changes = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? -1 : 1))
    // None is taken while there is none.
    const moved = await withReplica(service, async ({ till }) => {
      const draws = people.map((person, index) =>
        (index % 2 === 0 ? till : service.services.till).run(draw, oneDraw(person)),
      )
      const moves = changes.map(async (change) => ((await stock(change)).code === 0 ? change : 0))
      await Promise.all(draws)
      return (await Promise.all(moves)).reduce((sum: number, change) => sum + change, 0)
    })
    const [won] = await service.database.query<{ n: number }>(
      `SELECT COUNT(*) AS n FROM lottery_records WHERE prize_id = ${defaultPrize.dish}`,
    )
    expect(await left()).toBe(30 - Number(won?.n) + moved)
  })

  test('of 20 that take the last ten pieces at the same time, ten do', async () => {
    await stock(10)
    const taken = await Promise.all(Array.from({ length: 20 }, () => stock(-1)))
    expect(taken.filter(({ code }) => code === 0)).toHaveLength(10)
    expect(await left()).toBe(0)
  })

  test('one key moves the stock once', async () => {
    await parallelCopies(() => stock(4, defaultPrize.dish, 's'))
    expect(await left()).toBe(4)
    expect((await stock(5, defaultPrize.dish, 's')).code).toBe(9008)
  })

  test('the wheel’s editor sets the stock of a new prize, and leaves that of the others alone', async () => {
    await stock(5)
    await stock(9, defaultPrize.coupon)
    await service.services.till.run(draw, { ...oneDraw(diner), rolls: [9_999] })
    const { data } = await service.client.get('/api/merchant/prizes', { token: manager.token })
    const prizes = data.current.prizes.map((prize: { prize_id: number }) => {
      if (prize.prize_id === defaultPrize.dish) return { ...prize, prize_name: '手机', stock_remaining: 1 }
      return prize.prize_id === defaultPrize.coupon ? { ...prize, stock_remaining: 1_000 } : prize
    })
    const saved = await service.client.put('/api/merchant/prizes', { token: manager.token, body: { prizes } })
    expect(saved.data.next.prizes.map((prize: { stock_remaining: number }) => prize.stock_remaining)).toEqual([
      ...[9, null, null, null, 1, null, null, null],
    ])
    expect(await left()).toBe(5)
    await bringForward(service)
    await spin()
    expect([await left(), await left(defaultPrize.coupon)].map((pieces) => Number(pieces) > 5)).toEqual([false, true])
  })

  test('reconcile names a stock that was rewritten, and the repair writes down what is missing', async () => {
    await stock(5)
    await service.database.query('UPDATE lottery_prizes SET stock_remaining = 50 WHERE prize_id = 5')
    await service.database.query('UPDATE lottery_prizes SET stock_remaining = 1 WHERE prize_id = 1')
    const found = await findMismatches(service.database)
    expect(found.map(({ check, id }) => [check, id])).toEqual([
      ['a prize’s stock is what its movements and draws leave', '1'],
      ['a prize’s stock is what its movements and draws leave', '5'],
    ])
    const { till, database } = service.services
    expect(await repair({ database, till: till as never }, systemActor(), 2)).toBe(2)
    expect(await findMismatches(service.database)).toEqual([])
    expect(await audited('reconcile.repair')).toHaveLength(2)
  })
})
