import { expect, test } from 'bun:test'
import { enter, shownBalance, tab, usePages } from '../support/pages.ts'
import { newPhone, newProduct, signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'

const service = useService()
const pages = usePages()
const calm = { reducedMotion: 'reduce' } as const

interface Turn {
  prize_name: string
  angle: number
}

/** The turns that the database knows, first one first. */
const turns = () =>
  service.database.query<Turn>(
    `SELECT record.prize_name, prize.angle FROM lottery_records record
       JOIN lottery_prizes prize ON prize.prize_id = record.prize_id ORDER BY record.record_id`,
  )

test('a phone number and a code give a wheel that turns and stops at what the service drew', async () => {
  const page = await enter(await pages.open(), service, newPhone())
  expect(await shownBalance(page)).toBe(1_000)
  await page.getByRole('button', { name: /^抽一次/ }).click()
  await page.locator('.outcome.landed').waitFor()
  const [turn] = await turns()
  expect(await page.locator('.outcome [role=status]').textContent()).toContain(turn?.prize_name ?? '?')
  const turned = await page.locator('.wheel canvas').getAttribute('style')
  const degrees = Number(/rotate\(([\d.]+)deg\)/.exec(turned ?? '')?.[1])
  expect(degrees).toBeGreaterThan(5 * 360)
  const underPointer = (360 - (degrees % 360)) % 360
  const aside = Math.abs(((underPointer - (turn?.angle ?? 0) + 540) % 360) - 180)
  expect(aside).toBeLessThan(22.5)
})

test('the pointer stands on the won sector after every one of many turns', async () => {
  const page = await enter(await pages.open(calm), service, newPhone())
  for (let draw = 1; draw <= 8; draw += 1) {
    await page.getByRole('button', { name: /^抽一次/ }).click()
    await page.locator('.outcome.landed').waitFor()
    const turn = (await turns()).at(-1)
    const turned = await page.locator('.wheel canvas').getAttribute('style')
    const degrees = Number(/rotate\(([\d.]+)deg\)/.exec(turned ?? '')?.[1])
    const aside = Math.abs(((360 - (degrees % 360) - (turn?.angle ?? 0) + 540) % 360) - 180)
    expect(aside).toBeLessThan(22.5)
  }
  expect(await turns()).toHaveLength(8)
})

test('ten turns are listed with what each one gave, and can be seen at once', async () => {
  const page = await enter(await pages.open(), service, newPhone())
  await page.getByRole('button', { name: /^10 次/ }).click()
  await page.getByRole('button', { name: '直接看结果' }).click()
  const dialog = page.getByRole('dialog', { name: '10 次抽奖的结果' })
  await dialog.waitFor()
  const drawn = (await turns()).map(({ prize_name }) => prize_name)
  expect(await dialog.locator('.results b').allTextContents()).toEqual(drawn)
})

test('the balance does not tell the result before the wheel stands still', async () => {
  const page = await enter(await pages.open(), service, newPhone())
  await page.getByRole('button', { name: /^5 次/ }).click()
  await page.getByRole('button', { name: '直接看结果' }).waitFor()
  expect(await shownBalance(page)).toBe(500)
})

test('a draw in one browser moves the balance in another', async () => {
  const phone = newPhone()
  const [here, there] = [
    await enter(await pages.open(calm), service, phone),
    await enter(await pages.open(calm), service, phone),
  ]
  await here.getByRole('button', { name: /^抽一次/ }).click()
  await here.locator('.outcome.landed').waitFor()
  const [{ total_points }] = (await service.database.query<{ total_points: number }>(
    'SELECT total_points FROM users',
  )) as [{ total_points: number }]
  await there.locator(`.figure[data-value="${total_points}"]`).waitFor()
  expect(await shownBalance(here)).toBe(total_points)
})

test('goods show their stock as it changes, and an exchange puts a voucher into the bag', async () => {
  const id = await newProduct(service, 3, { name: '桂花糕', exchange_points: 200 })
  const phone = newPhone()
  const page = await enter(await pages.open(calm), service, phone)
  await tab(page, '兑换').click()
  await page.locator('.stock[data-stock="3"]').waitFor()
  const other = await signIn(service)
  await service.client.post('/api/exchange/submit', { token: other.token, body: { product_id: id } })
  await page.locator('.stock[data-stock="2"]').waitFor()
  await page.getByRole('button', { name: '兑换 桂花糕' }).click()
  await page.getByRole('button', { name: '多一份' }).click()
  await page.getByRole('button', { name: '确认兑换' }).click()
  await page.locator('.stock[data-stock="0"]').waitFor()
  await tab(page, '背包').click()
  await page.getByRole('button', { name: '出示 桂花糕 × 2' }).click()
  const [voucher] = await service.database.query<{ code: string }>('SELECT code FROM vouchers WHERE quantity = 2')
  const shown = page.locator('.qr svg')
  await shown.waitFor()
  expect(await shown.getAttribute('data-text')).toBe(`rp:v1:${voucher?.code}`)
  await page.getByText('还剩 29 天').first().waitFor()
})

test('checking in gives points once, and says so', async () => {
  const page = await enter(await pages.open(calm), service, newPhone())
  await page.getByRole('button', { name: '签到领积分' }).click()
  await page.locator('.figure[data-value="1050"]').waitFor()
  expect(await page.getByRole('button', { name: '今天已签到' }).isDisabled()).toBe(true)
})

test('the service’s own sentence is shown when it refuses', async () => {
  const page = await (await pages.open()).newPage()
  await page.goto(service.url)
  await page.getByLabel('手机号').fill('12345')
  await page.getByLabel('短信验证码').fill('000000')
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await page.getByText('手机号格式不正确').waitFor()
})

test('whoever ends the other sessions signs the other browsers out at once', async () => {
  const phone = newPhone()
  const [here, there] = [
    await enter(await pages.open(calm), service, phone),
    await enter(await pages.open(calm), service, phone),
  ]
  await tab(here, '我的').click()
  await here.getByRole('button', { name: '登录的设备' }).click()
  await here.getByRole('button', { name: '让其他设备全部下线' }).click()
  await here.getByText('1 台设备已下线').waitFor()
  await there.getByLabel('手机号').waitFor()
  await here.keyboard.press('Escape')
  expect(await shownBalance(here)).toBe(1_000)
})

test('a thousand pushes while somebody types change what is shown, and nothing that was typed', async () => {
  const phone = newPhone()
  const { userId } = await signIn(service, phone)
  const page = await enter(await pages.open(calm), service, phone)
  await tab(page, '我的').click()
  await page.getByRole('button', { name: '改昵称' }).click()
  await page.getByLabel('昵称').fill('')
  const typing = page.getByLabel('昵称').pressSequentially('爱吃辣的小王', { delay: 50 })
  for (let push = 1; push <= 1_000; push += 1) {
    const timestamp = service.clock.now().toISOString()
    const data = {
      user_id: userId,
      total_points: 1_000 + push,
      change_points: 1,
      reason: '测试',
      reason_code: 'admin',
      timestamp,
    }
    service.services.realtime.publish([{ to: { user_id: userId }, type: 'points_update', data }])
    if (push % 50 === 0) await Bun.sleep(5)
  }
  await typing
  await page.locator('.figure[data-value="2000"]').waitFor()
  expect(await page.getByLabel('昵称').inputValue()).toBe('爱吃辣的小王')
})
