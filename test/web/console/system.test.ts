import { expect, test } from 'bun:test'
import { texts } from '../../../src/web/console/system/texts.ts'
import { findings } from '../../support/axe.ts'
import { enterAs, enterConsole } from '../../support/console.ts'
import { whileLocked } from '../../support/locked.ts'
import { screenSizes, shooterOf } from '../../support/looks.ts'
import { type Page, usePages } from '../../support/pages.ts'
import { signIn, signInStaff } from '../../support/people.ts'
import { waitingReceipt } from '../../support/receipts.ts'
import { useService } from '../../support/service.ts'
import { until } from '../../support/sockets.ts'

const service = useService()
const pages = usePages()
const calm = { reducedMotion: 'reduce' } as const
const day_ms = 86_400_000
const markup = '<img src=x onerror="document.title=1">'

const job = (page: Page, name: string) => page.locator('.jobs li', { hasText: name })
const runs = async () =>
  (await service.database.query<{ n: number }>("SELECT COUNT(*) AS n FROM job_runs WHERE job = 'expire-reviews'"))[0]?.n

async function staleReceipt(): Promise<string> {
  const { userId } = await signIn(service)
  return waitingReceipt(service.database, userId, new Date(service.clock.now().getTime() - 8 * day_ms))
}

async function runByHand(page: Page, name: string): Promise<void> {
  await job(page, name).getByRole('link').click()
  await page.getByRole('button', { name: '现在运行' }).click()
  await page.getByRole('button', { name: '确认运行' }).click()
}

test('every job has a name and a sentence that the staff read', () => {
  const nameless = service.services.jobs.all.filter(({ name }) => texts.jobs.words(name).about === '')
  expect(nameless.map(({ name }) => name)).toEqual([])
})

test('an owner runs a job after one confirmation, sees what it did, and finds it in the audit log', async () => {
  await staleReceipt()
  const { page } = await enterAs(await pages.open(calm), service, 'owner', 'system')
  await job(page, '关闭过期小票').getByText('还没有运行过').waitFor()
  await runByHand(page, '关闭过期小票')
  await page.getByText('已运行，处理 1 项').waitFor()
  await page.getByRole('dialog').getByText('处理 1 项', { exact: true }).waitFor()
  expect(page.url()).toEndWith('#system/expire-reviews')
  await page.reload()
  await page.getByRole('dialog').getByText('处理 1 项', { exact: true }).waitFor()
  await page.keyboard.press('Escape')
  await job(page, '关闭过期小票').getByText('刚刚 · 处理 1 项').waitFor()
  await page.goto(`${service.url}/console#audit?action=job.run`)
  await page.getByText('手动运行任务 · 任务 expire-reviews').waitFor()
})

test('an auditor sees the jobs and runs none; a manager sees nothing of it', async () => {
  const { page } = await enterAs(await pages.open(calm), service, 'auditor', 'system/purge')
  await page.getByRole('dialog').getByText('还没有运行过').waitFor()
  expect(await page.getByRole('button', { name: '现在运行' }).count()).toBe(0)
  const { page: other } = await enterAs(await pages.open(calm), service, 'manager', 'system')
  await other.getByText('店长没有这项权限').waitFor()
})

test('health, queues, versions and the alerts of the day are shown, and new ones come by themselves', async () => {
  const { page } = await enterAs(await pages.open(calm), service, 'owner', 'system')
  await page.getByText('一切正常').waitFor()
  await page.getByText('今天没有告警').waitFor()
  await page.getByText(`Bun ${Bun.version}`).waitFor()
  service.services.alerts.raise({ event: 'job_failed', job: markup, error: markup })
  await until(async () => (await service.database.query('SELECT 1 FROM alerts')).length > 0)
  await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
  await page.locator('.alerts').getByText(`${markup}：${markup}`).waitFor()
  expect(await page.locator('img').count()).toBe(0)
})

test('a job that runs is seen to run and to end, and is not run again meanwhile', async () => {
  const uploadId = await staleReceipt()
  const { page } = await enterAs(await pages.open(calm), service, 'owner', 'system')
  const { token } = await signInStaff(service, 'owner')
  await page.locator('.jobs li').first().waitFor()
  await whileLocked(service, uploadId, async () => {
    const path = '/api/merchant/jobs/expire-reviews/run'
    const asked = [0, 1].map(() => service.client.post(path, { token, body: {} }))
    expect((await Promise.race(asked)).data.outcome).toBe('busy')
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await job(page, '关闭过期小票').getByText('正在运行').waitFor()
    await job(page, '关闭过期小票').getByRole('link').click()
    await page.getByRole('dialog').getByText('正在运行').first().waitFor()
    expect(await page.getByRole('button', { name: '现在运行' }).count()).toBe(0)
    await page.keyboard.press('Escape')
  })
  await job(page, '关闭过期小票').getByText('正在运行').waitFor({ state: 'detached' })
  await job(page, '关闭过期小票').getByText('处理 1 项').waitFor()
  expect(await runs()).toBe(1)
})

test('a run that nobody answered is asked for once more by the same key, and is one run', async () => {
  const context = await pages.open(calm)
  const { page } = await enterAs(context, service, 'owner', 'system')
  await context.route('**/run', async (route) => {
    await route.fetch()
    await route.abort()
  })
  pages.expectComplaint('ERR_FAILED')
  await runByHand(page, '关闭过期小票')
  await page.getByText('没有收到回应').waitFor()
  await context.unroute('**/run')
  await page.getByRole('button', { name: '现在运行' }).click()
  await page.getByRole('button', { name: '确认运行' }).click()
  await page.getByText('之前已经提交过，没有重复运行').waitFor()
  expect(await runs()).toBe(1)
})

test('a job is run with the keyboard alone', async () => {
  const owner = await signInStaff(service, 'owner')
  const page = await enterConsole(await pages.open(calm), service, owner.phone, 'system')
  await job(page, '关闭过期小票').getByRole('link').focus()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: '现在运行' }).focus()
  await page.keyboard.press('Enter')
  expect(await page.locator(':focus').textContent()).toBe('先不运行')
  await page.locator('.sure .main:enabled').waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByText('已运行，处理 0 项').waitFor()
  await page.keyboard.press('Escape')
  expect(await page.locator(':focus').textContent()).toStartWith('关闭过期小票')
})

test('a session that ends before the confirmation comes back to the same job', async () => {
  const { page, person } = await enterAs(await pages.open(calm), service, 'owner', 'system/expire-reviews')
  await page.getByRole('button', { name: '现在运行' }).click()
  await service.database.query('DELETE FROM sessions')
  service.clock.advance(3 * 3_600_000)
  // The page may have noticed by itself already.
  await page
    .getByRole('button', { name: '确认运行' })
    .click({ timeout: 2_000 })
    .catch(() => {})
  await page.getByLabel('手机号').fill(person.phone)
  await page.getByLabel('短信验证码').fill('123456')
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await page.getByRole('button', { name: '现在运行' }).click()
  await page.getByRole('button', { name: '确认运行' }).click()
  await page.getByText('已运行，处理 0 项').waitFor()
  expect(await runs()).toBe(1)
})

test.each(screenSizes)('the system can be seen at %s, axe finds nothing, nothing is wider', async (name, options) => {
  const { page, person } = await enterAs(await pages.open({ ...options, ...calm }), service, 'owner', 'system')
  await page.locator('.jobs li').first().waitFor()
  await service.database.query('INSERT INTO alerts (event, title, happened, details, host, raised_at) VALUES ?', [
    [
      [
        'sweep_stopped',
        '图片清理已停止',
        1,
        '["图片存储与数据库不像是同一套安装，没有移动任何图片"]',
        'points-a',
        new Date(),
      ],
      ['slow_request', '请求过慢', 3, '["POST /api/lottery/draw 用时 6.2 秒（请求号 req-1）"]', 'points-b', new Date()],
    ],
  ])
  await service.database.query('RENAME TABLE odds_outliers TO odds_outliers_away')
  for (const what of ['purge', 'expire-reviews', 'expire-orders', 'watch-odds'])
    await service.client.post(`/api/merchant/jobs/${what}/run`, { token: person.token, body: {} })
  await service.database.query('RENAME TABLE odds_outliers_away TO odds_outliers')
  await page.reload()
  await job(page, '检查抽奖概率').getByText('失败').waitFor()
  await shooterOf(name)(page, 'console-system')
  await shooterOf(name)(page, 'console-system-all', true)
  expect(await findings(page)).toEqual([])
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(options.viewport.width)
  await job(page, '检查抽奖概率').getByRole('link').click()
  await page.getByRole('button', { name: '现在运行' }).click()
  await page.locator('.sure .main:enabled').waitFor()
  await shooterOf(name)(page, 'console-system-job')
  expect(await findings(page)).toEqual([])
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(options.viewport.width)
})
