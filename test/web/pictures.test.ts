import { expect, test } from 'bun:test'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { enterAs } from '../support/console.ts'
import { enter, type Page, phoneScreen, usePages } from '../support/pages.ts'
import { somePastDays } from '../support/past-days.ts'
import { givePoints, signIn } from '../support/people.ts'
import { useService } from '../support/service.ts'

const service = useService({ MERCHANT_NAMES: '桂香小馆', DAILY_LOTTERY_LIMIT: '10' })
const pages = usePages()
const root = join(import.meta.dir, '../..')
/** With `README_PICTURES=1` the pictures of the README are made anew. */
const folder = join(root, process.env.README_PICTURES === '1' ? 'docs' : '.data/test/pages')
mkdirSync(folder, { recursive: true })
const most_bytes = 150_000

async function take(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(500)
  const picture = await page.screenshot({ path: join(folder, `${name}.png`) })
  expect(picture.length).toBeLessThan(most_bytes)
}

test('the wheel fits into a picture of the README', async () => {
  const diner = await signIn(service)
  await service.client.put('/api/user/info', { token: diner.token, body: { nickname: '爱吃辣的小明' } })
  await givePoints(service, diner, 880)
  const context = await pages.open({ viewport: phoneScreen, colorScheme: 'light', reducedMotion: 'reduce' })
  await take(await enter(context, service, diner.phone), 'wheel')
})

test('the console fits into a picture of the README', async () => {
  await somePastDays(service, 30)
  const context = await pages.open({
    ...{ viewport: { width: 1280, height: 800 }, colorScheme: 'light', reducedMotion: 'reduce' },
  })
  const { page } = await enterAs(context, service, 'owner', 'figures')
  await page.locator('.plot canvas').nth(4).waitFor()
  await take(page, 'console')
})

test('both READMEs show both pictures, which are small', () => {
  for (const name of ['wheel', 'console']) {
    const path = `docs/${name}.png`
    expect(readFileSync(join(root, path)).length).toBeLessThan(most_bytes)
    for (const readme of ['README.md', 'README.zh-CN.md'])
      expect([readme, readFileSync(join(root, readme), 'utf8').includes(`src="${path}"`)]).toEqual([readme, true])
  }
})
