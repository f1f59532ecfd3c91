import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { percentOf, probabilityOf, withoutNoise } from '../../../src/http/dialects/percent.ts'
import { phoneOf } from '../../support/mini-program.ts'
import { type OlderPrize, useOlderEditor, whole } from '../../support/older-editor.ts'
import { signIn } from '../../support/people.ts'

const { service, phone, staff, get, send, save, shown, percents, set } = useOlderEditor()

describe('percent', () => {
  test('every hundredth of a percent is converted there and back exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), (n) => {
        const percent = percentOf(n / 10_000)
        expect(probabilityOf(percent)).toBe((n / 10_000).toFixed(4))
        expect(probabilityOf(String(percent))).toBe((n / 10_000).toFixed(4))
      }),
    )
  })

  test('a percentage of another precision, sign, size or type is not accepted', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 100, noNaN: true }), (percent) => {
        const isExact = /^\d{1,3}(\.\d{1,2})?$/.test(String(percent))
        expect(probabilityOf(percent) !== undefined).toBe(isExact)
      }),
    )
    for (const wrong of [
      100.01,
      -1,
      -0.5,
      1e-7,
      Number.NaN,
      Infinity,
      '',
      ' ',
      '1e1',
      '٣',
      '+1',
      '0x1',
      null,
      undefined,
      {},
      [5],
      true,
    ])
      expect(probabilityOf(wrong)).toBeUndefined()
    expect(probabilityOf('33.330')).toBe('0.3333')
    expect(probabilityOf(' 33.3 ')).toBe('0.3330')
  })
})

describe('the editor', () => {
  test.each(['/merchant/lottery-config', '/merchant/lottery/config'])(
    '%s shows percent, and the contract’s path shows probabilities',
    async (path) => {
      const { data } = await get(path)
      expect(data.prizes.map(({ probability }: OlderPrize) => probability)).toEqual(whole)
      expect(data).toMatchObject({ is_active: true, isActive: true, version: 1 })
      expect(data.prizes[6]).toMatchObject({
        id: 7,
        prize_id: 7,
        name: '神秘大奖',
        type: 'physical',
        value: 1,
        is_active: true,
        isActive: true,
        isActivity: true,
      })
      expect((await get('/merchant/prizes')).data.prizes[0].probability).toBe(0.05)
    },
  )

  test.each([
    ['/merchant/lottery-probabilities', 'POST', 'prize_id'],
    ['/merchant/lottery/probabilities', 'POST', 'id'],
    ['/merchant/lottery-config', 'PUT', 'id'],
    ['/merchant/lottery/config', 'PUT', 'prize_id'],
  ] as const)(
    '%s accepts a %s with prizes by %s, and keeps the fields that were not sent',
    async (path, method, name) => {
      const before = await shown()
      const prizes = before.map((prize, i) => ({
        [name]: prize.prize_id,
        probability: [33.33, '0.01', 10, 15, 8, 25, 2, 6.66][i],
      }))
      const { code, data } = await send(path, { prizes }, method)
      expect(code).toBe(0)
      expect(data.prizes.map(({ probability }: OlderPrize) => probability)).toEqual([
        33.33, 0.01, 10, 15, 8, 25, 2, 6.66,
      ])
      expect((await shown()).map(({ prize_name }) => prize_name)).toEqual(before.map(({ prize_name }) => prize_name))
      const rows = await service.database.query<{ probability: string }>(
        'SELECT probability FROM lottery_prizes ORDER BY angle',
      )
      expect(rows.map(({ probability }) => String(probability))).toContain('0.3333')
    },
  )

  test('a partial edit that is repeated with its key gets the first answer, even after another edit', async () => {
    const prizes = (await shown()).map(({ prize_id }) => ({ prize_id, probability: 12.5 }))
    const header = { 'Idempotency-Key': 'partial' }
    const edit = (data: Record<string, unknown>) =>
      phone().request('/merchant/lottery-probabilities', { method: 'POST', data, token: staff().token, header })
    const first = (await edit({ prizes })).data
    const renamed = (await shown()).map((prize) => ({ ...prize, prize_name: `新${prize.prize_id}` }))
    expect((await send('/merchant/lottery-config', { prizes: renamed }, 'PUT')).data.version).toBe(3)
    expect((await edit({ prizes })).data).toEqual(first)
    expect((await edit({ prizes: prizes.toReversed() })).data.code).toBe(9008)
    expect((await get('/merchant/lottery/config')).data.version).toBe(3)
  })

  test('prizes can be sent back whole, as they were shown, with new names', async () => {
    const prizes = (await shown()).map((prize) => ({ ...prize, prize_name: `新${prize.prize_name}` }))
    const { code, data } = await send('/merchant/lottery-config', { prizes, cost_points: 80 }, 'PUT')
    expect([code, data.cost_points, data.prizes[0].prize_name, data.version]).toEqual([0, 80, '新八八折券', 2])
  })

  test('a wrong edit is refused with 6010 and changes nothing', async () => {
    const wrong = [
      [5, 20, 10, 15, 8, 25, 2, 14.99],
      [5, 20, 10, 15, 8, 25, 2, 15.01],
      [5, 20, 10, 15, 8, 25, 1.999, 15.001],
      [5, 20, 10, 15, 8, 25, 0.555, 16.445],
      [-5, 30, 10, 15, 8, 25, 2, 15],
      [0.05, 0.2, 0.1, 0.15, 0.08, 0.25, 0.02, 0.15],
      [5, 20, 10, 15, 8, 25, 2, null],
      [5, 20, 10, 15, 8, 25, 2, '15%'],
      [100, 100, 10, 15, 8, 25, 2, 15],
      [5, 20, 10, 15, 8, 25, 2],
    ]
    for (const figures of wrong) expect((await set(...figures)).code).toBe(6010)
    const ids = (await shown()).map(({ prize_id }) => prize_id)
    const bodies = [
      ids.map(() => ({ prize_id: ids[0], probability: 12.5 })),
      ids.map(() => ({ probability: 12.5 })),
      ids.map((id) => ({ prize_id: id + 900, probability: 12.5 })),
      'x',
      null,
      [1, 2, 3, 4, 5, 6, 7, 8],
    ]
    for (const prizes of bodies) expect((await save(prizes)).code).toBe(6010)
    const { code } = await send(
      '/merchant/prizes',
      { prizes: ids.map((id) => ({ prize_id: id, probability: 12.5 })) },
      'PUT',
    )
    expect(code).toBe(6010)
    expect(await percents()).toEqual(whole)
    expect((await get('/merchant/lottery/config')).data.version).toBe(1)
  })

  test.each(['/merchant/reset-lottery-probabilities', '/merchant/lottery/reset-probabilities'])(
    '%s restores the default wheel',
    async (path) => {
      await set(12.5, 12.5, 12.5, 12.5, 12.5, 12.5, 12.5, 12.5)
      expect((await send('/merchant/prizes/5/stock', { change: 3 })).code).toBe(0)
      const other = `prize_name = '手机', prize_type = 'physical', stock_remaining = 0`
      await service.database.query(`UPDATE lottery_prizes SET ${other} WHERE prize_id = 1`)
      const { code, data } = await send(path, { prizes: 'anything' })
      expect([code, data.version, data.pity_prize_id]).toEqual([0, 3, 3])
      expect(await percents()).toEqual(whole)
      expect(data.prizes[4]).toMatchObject({ prize_name: '免费咖啡', stock_remaining: 3 })
      expect(data.prizes[0]).toMatchObject({ prize_name: '八八折券', stock_remaining: null })
    },
  )

  test('v220 computes percent itself, and its odds stay the same when the editor is opened and saved', async () => {
    const v220 = phoneOf(service, { 'X-Client-Version': '2.2.0' })
    const ask = (method: 'GET' | 'PUT', data: Record<string, unknown> = {}) =>
      v220.request('/merchant/lottery/config', { method, data, token: staff().token })
    const odds = [1, 0.01, 29, 7, 58, 0.57, 3.42, 1]
    expect((await set(...odds)).code).toBe(0)
    for (const method of ['PUT', 'PUT'] as const) {
      const { prizes } = (await ask('GET')).data.data
      expect(prizes[0].probability).toBe(0.01)
      const edited = prizes.map((one: OlderPrize) => ({
        id: one.id,
        probability: one.probability <= 1 ? one.probability * 100 : one.probability,
      }))
      const saved = (await ask(method, { prizes: edited })).data
      expect([saved.code, saved.data?.prizes[0].probability]).toEqual([0, 0.01])
      expect(await percents()).toEqual(odds)
    }
    const posted = await v220.request('/merchant/lottery/probabilities', {
      method: 'POST',
      data: { prizes: (await shown()).map(({ id, probability }) => ({ id, probability })) },
      token: staff().token,
    })
    expect(posted.data.data.prizes[0].probability).toBe(0.01)
    const { prizes } = (await ask('GET')).data.data
    const unchanged = prizes.map(({ id, probability }: OlderPrize) => ({ id, probability }))
    expect((await ask('PUT', { prizes: unchanged })).data.code).toBe(0)
    expect(await percents()).toEqual(odds)
    const shares = { prizes: unchanged.toSpliced(0, 1, { id: unchanged[0].id, probability: 0.02 }) }
    expect((await ask('PUT', shares)).data.code).toBe(6010)
  })

  test('every hundredth of a percent is exact although an editor computes it with floats', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000 }), (n) => {
        expect(probabilityOf(withoutNoise((n / 10_000) * 100))).toBe((n / 10_000).toFixed(4))
      }),
    )
    for (const other of ['29', 28.999, null, undefined]) expect(withoutNoise(other)).toBe(other)
  })

  test('only merchants may use the editor', async () => {
    const { token } = await signIn(service)
    for (const path of ['/merchant/lottery/probabilities', '/merchant/reset-lottery-probabilities']) {
      expect((await phone().request(path, { method: 'POST', token })).data.code).toBe(2005)
      expect((await phone().request(path, { method: 'POST' })).data.code).toBe(401)
    }
    expect((await phone().request('/merchant/lottery-config', { token })).data.code).toBe(2005)
    expect(await percents()).toEqual(whole)
  })
})
