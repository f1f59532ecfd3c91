import { beforeEach, describe, expect, test } from 'bun:test'
import { type OlderPrize, useOlderEditor, whole } from '../../support/older-editor.ts'
import { type Person, signIn } from '../../support/people.ts'
import { bringForward } from '../../support/prizes.ts'
import { until } from '../../support/sockets.ts'

const { service, phone, get, send, save, shown, percents, set } = useOlderEditor()

describe('once the wheel was drawn from', () => {
  const told = '下一个营业日'
  let diner: Person
  const spin = () =>
    phone().request('/lottery/draw', { method: 'POST', data: { draw_type: 'single' }, token: diner.token })

  beforeEach(async () => {
    diner = await signIn(service)
    expect((await spin()).data.code).toBe(0)
  })

  test.each(['/merchant/lottery-config', '/merchant/lottery/config'])(
    'what the editor saves, it reads again at %s, and is told that it is for tomorrow',
    async (path) => {
      expect(await get(path)).toMatchObject({ msg: 'success', data: { version: 1 } })
      const saved = await set(12.5, 12.5, 12.5, 12.5, 12.5, 12.5, 12.5, 12.5)
      expect(saved).toMatchObject({ code: 0, data: { version: 2, is_active: true, current: { version: 1 } } })
      const read = await get(path)
      for (const { msg, message, data } of [saved, read]) {
        expect([msg, message]).toEqual([expect.stringContaining(told), msg])
        expect(data.prizes.map(({ probability }: OlderPrize) => probability)).toEqual(Array(8).fill(12.5))
        expect(data.prizes[0]).toMatchObject({ id: 1, name: '八八折券', is_active: true })
      }
      expect((await get('/merchant/prizes')).data.prizes[0].probability).toBe(0.05)
      expect((await get('/merchant/prizes')).msg).toBe('success')
    },
  )

  test('one edit builds on the other, and tomorrow both are in force', async () => {
    await set(12.5, 12.5, 12.5, 12.5, 12.5, 12.5, 12.5, 12.5)
    const prizes = (await shown()).map(({ prize_id, prize_name }) => ({ prize_id, prize_name: `新${prize_name}` }))
    expect((await send('/merchant/lottery/config', { prizes }, 'PUT')).data.version).toBe(3)
    expect(await percents()).toEqual(Array(8).fill(12.5))
    await bringForward(service)
    expect((await spin()).data.data.results[0].prize_name).toStartWith('新')
    const read = await get('/merchant/lottery/config')
    expect([read.msg, read.data.version, read.data.next]).toEqual(['success', 3, null])
    expect(await percents()).toEqual(Array(8).fill(12.5))
  })

  test('the default wheel comes back tomorrow as well', async () => {
    await set(12.5, 12.5, 12.5, 12.5, 12.5, 12.5, 12.5, 12.5)
    const { msg, data } = await send('/merchant/reset-lottery-probabilities', {})
    expect([msg.includes(told), data.version, data.current.version]).toEqual([true, 3, 1])
    expect(await percents()).toEqual(whole)
  })
})

test('no parallel partial edit silently undoes another: it is refused, or it builds on the other', async () => {
  for (let round = 0; round < 5; round += 1) {
    const before = await shown()
    const version = (await get('/merchant/lottery/config')).data.version
    const renamed = before.map((prize) => ({ ...prize, prize_name: `第${round}轮${prize.prize_id}` }))
    const swapped = before.map((prize, i) => ({
      prize_id: prize.prize_id,
      probability: [whole, whole.toReversed()][round % 2]?.[i],
    }))
    const [rename, ...odds] = await Promise.all([
      send('/merchant/lottery/config', { prizes: renamed }, 'PUT'),
      ...Array.from({ length: 4 }, () => save(swapped)),
    ])
    expect(rename.code).toBe(0)
    for (const { code, msg } of odds) expect(code === 0 || (code === 6010 && msg.includes('刷新'))).toBe(true)
    expect((await shown()).map(({ prize_name }) => prize_name)).toEqual(
      before.map(({ prize_id }) => `第${round}轮${prize_id}`),
    )
    const done = 1 + odds.filter(({ code }) => code === 0).length
    await until(async () => (await get('/merchant/lottery/config')).data.version === version + done)
  }
})
