import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { deskScreen, type Page, phoneScreen } from './pages.ts'

const folder = join(import.meta.dir, '../../.data/test/pages')
mkdirSync(folder, { recursive: true })

/** The screens that every page is looked at on, with a name for the files. */
export const screenSizes = [
  ['360-light', { viewport: phoneScreen, colorScheme: 'light', deviceScaleFactor: 2, isMobile: true, hasTouch: true }],
  ['360-dark', { viewport: phoneScreen, colorScheme: 'dark', deviceScaleFactor: 2, isMobile: true, hasTouch: true }],
  ['1280-light', { viewport: deskScreen, colorScheme: 'light' }],
  ['1280-dark', { viewport: deskScreen, colorScheme: 'dark' }],
] as const

/** Keeps a picture of the page for whoever wants to look at it. */
export const shooterOf =
  (size: string) =>
  (page: Page, what: string, fullPage = false) =>
    page.screenshot({ path: join(folder, `${what}-${size}.png`), fullPage })

/** Pictures of a page on a phone and on a desk, in both themes, kept for whoever wants to look. */
export async function picture(page: Page, name: string): Promise<void> {
  for (const [width, viewport] of [['360', phoneScreen] as const, ['1280', deskScreen] as const])
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize(viewport)
      await page.emulateMedia({ colorScheme })
      await page.waitForTimeout(200)
      await page.screenshot({ path: join(folder, `console-${name}-${width}-${colorScheme}.png`) })
    }
}
