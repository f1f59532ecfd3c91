import { expect, test } from 'bun:test'
import { enterAs } from '../../support/console.ts'
import { deskScreen, type Page, usePages } from '../../support/pages.ts'
import { signIn } from '../../support/people.ts'
import { useService } from '../../support/service.ts'

const service = useService()
const pages = usePages()

const oddsField = (page: Page, name: string) => page.getByLabel(`${name} 的概率，百分数`)
/** The odds of all prizes, as the page shows them, in hundredths of a per cent. */
async function shownOdds(page: Page): Promise<number[]> {
  const typed = await page.locator('.odds-list .percent input').evaluateAll((fields) =>
    // biome-ignore lint/suspicious/noExplicitAny: fields of the page, whose types this side does not know
    fields.map((field: any) => String(field.value)),
  )
  return typed.map((text) => Math.round(Number(text) * 100))
}
const sum = (odds: readonly number[]) => odds.reduce((all, each) => all + each, 0)
const announced = async (token: string) => (await service.client.get('/api/merchant/prizes', { token })).data.next

/** Opens the wheel's screen. Somebody has drawn from the wheel already: changes hold from tomorrow on. */
async function openWheel(view = '') {
  const { token } = await signIn(service)
  expect((await service.client.post('/api/lottery/draw', { token, body: { draw_type: 'single' } })).code).toBe(0)
  const context = await pages.open({ viewport: deskScreen, reducedMotion: 'reduce' })
  const { page, person } = await enterAs(context, service, 'manager', `wheel${view && `?view=${view}`}`)
  return { context, page, person }
}

test('odds always sum to one while a boundary is dragged, and a reload forgets nothing', async () => {
  const { page } = await openWheel()
  const knob = page.getByRole('slider', { name: '八八折券 与 50积分 之间的概率' })
  await knob.waitFor()
  const before = await shownOdds(page)
  const box = await knob.boundingBox()
  if (!box) throw new Error('the boundary is not on the page')
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.mouse.down()
  for (let step = 1; step <= 20; step += 1) {
    await page.mouse.move(box.x + box.width / 2 + step * 4, box.y + box.height / 2 + step * 3)
    const odds = await shownOdds(page)
    expect([sum(odds), odds.slice(2)]).toEqual([10_000, before.slice(2)])
  }
  await page.mouse.up()
  const dragged = await shownOdds(page)
  expect(dragged[0]).toBeGreaterThan(before[0] ?? 0)
  await page.reload()
  await knob.waitFor()
  expect(await shownOdds(page)).toEqual(dragged)
  await page.getByText('有没保存的改动').waitFor()
})

test('a wheel is changed by the keyboard alone, saved for tomorrow, shown beforehand, and taken back', async () => {
  const { page, person } = await openWheel()
  await page.getByRole('slider', { name: '八八折券 与 50积分 之间的概率' }).focus()
  for (const key of ['PageUp', 'ArrowRight', 'Shift+ArrowRight']) await page.keyboard.press(key)
  expect((await shownOdds(page)).slice(0, 2)).toEqual([611, 1_889])
  await page.getByRole('button', { name: '锁定 谢谢参与 的概率' }).press('Enter')
  await oddsField(page, '神秘大奖').fill('3')
  await oddsField(page, '神秘大奖').press('Enter')
  const odds = await shownOdds(page)
  expect([sum(odds), odds[6], odds[7]]).toEqual([10_000, 300, 1_500])
  await page.getByRole('link', { name: /^免费咖啡/ }).press('Enter')
  await page.getByRole('dialog').getByLabel('名称').fill('免费奶茶')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: '保存改动' }).press('Enter')
  await page.getByText(/^已保存，.+起生效$/).waitFor()
  const next = await announced(person.token)
  expect(next.prizes.map(({ probability }: { probability: number }) => Math.round(probability * 10_000))).toEqual(odds)
  expect(next.prizes[4].prize_name).toBe('免费奶茶')
  await page.getByRole('link', { name: '明天' }).press('Enter')
  await page.getByRole('row', { name: /^神秘大奖 2% 3%/ }).waitFor()
  await page.getByRole('button', { name: '撤回这个改动' }).press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: '撤回这个改动' }).press('Enter')
  await page.getByText('没有等待生效的改动').waitFor()
  expect(await announced(person.token)).toBeNull()
})

test('a simulation of 100,000 draws comes from a worker, near the odds, while the page goes on', async () => {
  const { page } = await openWheel('play')
  const workers: string[] = []
  page.on('worker', (worker) => workers.push(worker.url()))
  await page.getByRole('button', { name: '开始模拟' }).click()
  await page.getByText('最长连续没中奖').waitFor()
  expect(workers).toEqual([expect.stringMatching(/\/assets\/simulator-worker-\w+\.js$/)])
  const counts = await page.locator('.came tbody td:last-child').allTextContents()
  expect(sum(counts.map((text) => Number(text.replaceAll(',', ''))))).toBe(100_000)
  const rows = await page.locator('.came tbody tr').allTextContents()
  for (const row of rows) {
    const [expected, came] = [...row.matchAll(/([\d.]+)%/g)].map(([, share]) => Number(share))
    expect(Math.abs((expected ?? 0) - (came ?? 100))).toBeLessThan(1.5)
  }
})

test('a day’s forecast follows the odds and the costs that were typed', async () => {
  const { page } = await openWheel()
  await page.getByLabel('每天抽奖次数').fill('1000')
  const cost = page.locator('.forecast .figures div', { hasText: '券和实物成本' }).locator('dd')
  expect(await cost.textContent()).toBe('¥0.00')
  await page.getByLabel('免费咖啡 每张成本（元）').fill('6.5')
  const before = Number((await cost.textContent())?.slice(1))
  expect(before).toBeGreaterThan(0)
  await oddsField(page, '免费咖啡').fill('16')
  await oddsField(page, '免费咖啡').press('Enter')
  expect(Number((await cost.textContent())?.slice(1))).toBeGreaterThan(before * 1.5)
  await page.reload()
  expect(await page.getByLabel('每天抽奖次数').inputValue()).toBe('1000')
})

test('the wheel is closed and opened at once, and a prize’s stock moves with its reason kept', async () => {
  const { page, person } = await openWheel('today')
  await page.getByLabel('原因').fill('设备检修')
  await page.getByRole('button', { name: '马上关闭转盘' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '马上关闭转盘' }).click()
  await page.getByRole('heading', { name: /转盘已关闭/ }).waitFor()
  expect((await service.client.get('/api/lottery/config', { token: person.token })).code).toBe(3001)
  await page.getByRole('button', { name: '重新开放转盘' }).click()
  await page.getByRole('heading', { name: '转盘开放中' }).waitFor()
  await page.getByRole('button', { name: '调整 免费咖啡 的库存' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('增减数量').fill('20')
  await dialog.getByLabel('原因').fill('咖啡机修好了')
  await dialog.getByRole('button', { name: '保存' }).click()
  await dialog.getByText('剩 20 份').waitFor()
  await dialog.getByText('不限量 → 20').waitFor()
  await dialog.getByText('咖啡机修好了').waitFor()
  await dialog.getByLabel('增减数量').fill('-21')
  await dialog.getByRole('button', { name: '保存' }).click()
  await dialog.locator('.notice.bad').waitFor()
  await dialog.getByRole('button', { name: '设为不限量' }).click()
  await dialog.getByText('20 → 不限量').waitFor()
})

test('a save whose answer was lost is asked again with its key, and changes the wheel once', async () => {
  const { page, person } = await openWheel()
  await oddsField(page, '神秘大奖').fill('3')
  await oddsField(page, '神秘大奖').press('Enter')
  const keys: (string | undefined)[] = []
  await page.route('**/api/merchant/prizes', async (route) => {
    if (route.request().method() !== 'PUT') return route.continue()
    keys.push(route.request().headers()['idempotency-key'])
    if (keys.length > 1) return route.continue()
    await route.fetch()
    await route.abort()
  })
  pages.expectComplaint('net::ERR_FAILED')
  await page.getByRole('button', { name: '保存改动' }).click()
  await page.getByText('没有收到回应').waitFor()
  await page.reload()
  await page.getByRole('button', { name: '保存改动' }).click()
  await page.getByText(/^已保存，.+起生效$/).waitFor()
  expect([keys.length, new Set(keys).size]).toEqual([2, 1])
  const query = '/api/merchant/audit?action=wheel.replace'
  const { records } = (await service.client.get(query, { token: person.token })).data
  expect(records).toHaveLength(1)
})

test('a token that ends while somebody types costs nothing of what was typed', async () => {
  const { page } = await openWheel()
  await oddsField(page, '神秘大奖').fill('3')
  await oddsField(page, '神秘大奖').press('Enter')
  const odds = await shownOdds(page)
  await page.evaluate(`localStorage.removeItem('tokens')`)
  await page.reload()
  await page.getByLabel('手机号').waitFor()
  const phone = await service.database.query<{ mobile: string }>('SELECT mobile FROM users WHERE is_merchant = 1')
  await page.getByLabel('手机号').fill(phone[0]?.mobile ?? '')
  await page.getByLabel('短信验证码').fill('123456')
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await page.locator('.odds-list').waitFor()
  expect(await shownOdds(page)).toEqual(odds)
})

test('who may not change the wheel gets neither its screen nor its link', async () => {
  for (const role of ['cashier', 'reviewer', 'auditor'] as const) {
    const { page } = await enterAs(await pages.open(), service, role, 'wheel')
    await page.getByText('没有这项权限').waitFor()
    expect(await page.getByRole('navigation').getByRole('link', { name: '转盘' }).count()).toBe(0)
    await page.close()
  }
})

test('markup in prizes’ names is shown as the text that it is', async () => {
  const markup = '<img src=x onerror="document.title=1">'
  await service.database.query('UPDATE lottery_prizes SET prize_name = ?', [markup])
  service.services.caches.wheel.invalidate()
  const { page } = await openWheel()
  await page.getByRole('link', { name: markup }).first().click()
  await page.getByRole('dialog', { name: `修改 ${markup}` }).waitFor()
  await page.keyboard.press('Escape')
  for (const view of ['模拟', '明天', '库存开关']) {
    await page.getByRole('navigation', { name: '转盘的各个部分' }).getByRole('link', { name: view }).click()
    if (view === '模拟') await page.getByRole('button', { name: '开始模拟' }).click()
    await page.getByText(markup).first().waitFor()
  }
  expect([await page.locator('img[src="x"]').count(), await page.title()]).toEqual([0, '积分乐园 · 工作台'])
})
