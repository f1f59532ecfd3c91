import { afterAll, afterEach, beforeAll, expect } from 'bun:test'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { chromium as executable } from './browser.ts'
import type { TestService } from './service.ts'

export type { BrowserContext, Page }

/** A phone as most diners have one. */
export const phoneScreen = { width: 360, height: 740 }
export const deskScreen = { width: 1280, height: 800 }

export interface Pages {
  /** A browser of its own, with its own storage. Complaints of its pages fail the test. */
  open(options?: BrowserContextOptions): Promise<BrowserContext>
  /** Complaints that a test expects: those that contain the text. */
  expectComplaint(text: string): void
}

/** One Chromium for a test file, closed at its end. `flags` are Chromium's own. */
export function usePages(flags: readonly string[] = []): Pages {
  let browser: Browser
  const open: BrowserContext[] = []
  const complaints: string[] = []
  const expected: string[] = []
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: await executable(),
      args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', ...flags],
    })
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((context) => context.close()))
    const unexpected = complaints.splice(0).filter((text) => !expected.some((known) => text.includes(known)))
    expected.length = 0
    expect(unexpected).toEqual([])
  })
  afterAll(() => browser.close())
  return {
    expectComplaint: (text) => void expected.push(text),
    async open(options = {}) {
      const context = await browser.newContext({ viewport: phoneScreen, locale: 'zh-CN', ...options })
      context.setDefaultTimeout(15_000)
      open.push(context)
      context.on('weberror', (error) => complaints.push(String(error.error())))
      context.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
      })
      return context
    },
  }
}

/** Opens the diners' page and signs in with the code that signs anyone in. */
export async function enter(context: BrowserContext, { url }: Pick<TestService, 'url'>, phone: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(url)
  await page.getByLabel('手机号').fill(phone)
  await page.getByLabel('短信验证码').fill('123456')
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await page.locator('.line.live').waitFor()
  await page.locator('.draw-buttons button:enabled').first().waitFor()
  return page
}

/** The balance that the page shows. */
export async function shownBalance(page: Page): Promise<number> {
  return Number(await page.locator('.figure').first().getAttribute('data-value'))
}

/** The tab of this name in the main menu. */
export const tab = (page: Page, name: string) => page.getByRole('navigation').getByRole('link', { name })

/** Waits until the page's address ends so. */
export const atAddress = (page: Page, end: string) =>
  page.waitForURL(({ href }) => decodeURIComponent(href).endsWith(end))
